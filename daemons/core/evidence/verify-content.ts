/** What a bundle claims beside its chains: all revisions, all telemetry from the start on, every record by its hash. */
import { hash } from 'node:crypto';
import * as z from 'zod';
import { isFault } from '../ports/fault.ts';
import { decodeTelemetry } from '../telemetry/decode.ts';
import type { Alert } from '../values/alert.ts';
import type { BoxEvent, Envelope, TelemetryBody } from '../values/envelope.ts';
import { parseEnvelope } from '../wire/envelope.ts';
import type { Bundle, Line, Link } from './bundle.ts';
import { type Problem, problemAt } from './verify-chain.ts';

/** An envelope of the bundle with its body, in the order of the file. */
export interface Told {
  readonly line: Line<Link>;
  readonly envelope: Envelope;
}

/** What the line's memory says of itself and of what was in force. */
export const lineState = z.looseObject({
  run: z.string(),
  next: z.int().min(0),
  config: z.string(),
  calibrations: z.array(z.string()),
  state: z.unknown(),
});

export const configRecord = z.looseObject({
  model: z.looseObject({ name: z.string(), sha256: z.string(), cardSha256: z.string() }).nullable(),
});

/** Envelopes whose body is there, read. Problems: bodies that are none. */
export function readBodies({ links }: Bundle): {
  readonly told: readonly Told[];
  readonly problems: readonly Problem[];
} {
  const told: Told[] = [];
  const problems: Problem[] = [];
  for (const line of links) {
    if (line.value.redacted) continue;
    try {
      told.push({ line, envelope: parseEnvelope(line.text) });
    } catch (error) {
      if (!isFault(error)) throw error;
      problems.push(problemAt(line, `is not a whole envelope: ${error.message}`));
    }
  }
  return { told, problems };
}

export function checkContent(bundle: Bundle, told: readonly Told[]): readonly Problem[] {
  return [...checkRecords(bundle, told), ...checkRevisions(bundle, told), ...checkTelemetry(bundle, told)];
}

/** A problem of what is no envelope. */
export const elsewhere = (line: number, what: string): Problem => ({
  line,
  spool: null,
  stream: null,
  seq: null,
  what,
});

/** The line's memories of the bundle, in order. */
export const statesOf = (told: readonly Told[]) =>
  told.flatMap(({ line, envelope }) => {
    const { type, detail } = envelope.body as Partial<BoxEvent>;
    const state = envelope.stream === 'event' && type === 'line-state' ? lineState.safeParse(detail).data : undefined;
    return state ? [{ line, envelope, state }] : [];
  });

/** Attachments whose text has another hash than they say. */
export const checkTexts = ({ attachments }: Bundle): Problem[] =>
  attachments.flatMap(({ line, value: { attach, sha256, text } }) => {
    const is = hash('sha256', text, 'hex');
    return is === sha256 ? [] : [elsewhere(line, `${attach}: its text has the hash ${is}; it must be ${sha256}`)];
  });

/** Every record that a line state names is there, and the model of the alert is the one in force. */
function checkRecords({ attachments }: Bundle, told: readonly Told[]): Problem[] {
  const problems: Problem[] = [];
  const there = new Map(attachments.map(({ value }) => [value.sha256, value]));
  const models = new Set<string>();
  for (const { line, state } of statesOf(told)) {
    for (const [kind, sha256] of [['config', state.config], ...state.calibrations.map((one) => ['calibration', one])])
      if (sha256 && !there.has(sha256))
        problems.push(problemAt(line, `names the ${kind} ${sha256}, which is not in the bundle`));
    const config = configRecord.safeParse(parse(there.get(state.config)?.text)).data;
    if (config?.model) models.add(config.model.sha256);
  }
  for (const { line, envelope } of told) {
    const model = envelope.stream === 'alert' ? (envelope.body as Alert).because.model : null;
    if (model && models.size > 0 && !models.has(model.sha256))
      problems.push(problemAt(line, `decided with model ${model.sha256}; the configuration in force names another`));
  }
  return problems;
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    // Not JSON: then it is no record, and the hash check has said so already.
    return null;
  }
}

/** Revisions 1 to n, but for those whose body was deleted. */
function checkRevisions({ header, links }: Bundle, told: readonly Told[]): Problem[] {
  if (!header) return [];
  const { alert, revisions } = header.value;
  const there = new Set(
    told.flatMap(({ envelope: { stream, body } }) =>
      stream === 'alert' && (body as Alert).id === alert ? [(body as Alert).rev] : [],
    ),
  );
  const beyond = [...there].filter((rev) => rev > revisions);
  if (beyond.length > 0)
    return [elsewhere(header.line, `says ${revisions} revisions of ${alert}; revision ${beyond.join(', ')} is there`)];
  const absent = Array.from({ length: revisions }, (_, i) => i + 1).filter((rev) => !there.has(rev));
  const redacted = links.filter(({ value }) => value.stream === 'alert' && value.redacted).length;
  if (absent.length <= redacted) return [];
  return [
    elsewhere(header.line, `says ${revisions} revisions of ${alert}; revision ${absent.join(', ')} is not there`),
  ];
}

/** Every reading from the start on, one after another: a run's numbers have no hole. */
function checkTelemetry({ header, links }: Bundle, told: readonly Told[]): Problem[] {
  const start = header?.value.start;
  const first = statesOf(told).find(({ line: { value } }) => value.spool === start?.spool && value.seq === start.seq);
  if (!first) {
    const isDeleted = links.some(
      ({ value }) => value.redacted && value.spool === start?.spool && value.seq === start.seq,
    );
    return start && !isDeleted ? [elsewhere(header?.line ?? 1, 'names a start that is not in the bundle')] : [];
  }
  const holes = links.some(({ value }) => value.stream === 'tele' && value.redacted && value.spool === start?.spool);
  const problems: Problem[] = [];
  let place: { run: string; next: number } | null = { run: first.state.run, next: first.state.next };
  for (const { line, envelope } of told) {
    if (envelope.stream !== 'tele') continue;
    const read = readTelemetry(envelope.body as TelemetryBody);
    if (typeof read === 'string') {
      problems.push(problemAt(line, read));
      continue;
    }
    const { run, readings } = read;
    if (run && place?.run === run.id && run.first !== place.next && !(holes && run.first > place.next))
      problems.push(
        problemAt(line, `begins with reading ${run.first} of its run; ${place.next} comes next: telemetry is missing`),
      );
    place = run ? { run: run.id, next: run.first + readings.length } : place;
  }
  return problems;
}

function readTelemetry(body: TelemetryBody) {
  try {
    return decodeTelemetry(body);
  } catch (error) {
    if (!isFault(error)) throw error;
    return error.message;
  }
}
