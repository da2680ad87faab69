/** `fieldpost replay BUNDLE`: the gas line on a bundle's own readings, records and model, held against what was decided. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { isMark } from '../../core/evidence/marks.ts';
import type { Verdict } from '../../core/evidence/verify.ts';
import { type lineState, statesOf, type Told } from '../../core/evidence/verify-content.ts';
import { columnsText, decodeTelemetry, type Telemetry } from '../../core/telemetry/decode.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { BoxEvent, TelemetryBody } from '../../core/values/envelope.ts';
import type { Flag } from '../../core/values/flags.ts';
import { commandOf } from '../../gas/crew/crew-line.ts';
import { thawCrew } from '../../gas/crew/frozen.ts';
import type { Look } from '../../gas/detect.ts';
import type { GasLine, LineState } from '../../gas/line.ts';
import { freeze, frozenState, thaw } from '../../gas/line-state.ts';
import { judgedFlags } from '../../gas/quality.ts';
import { lineFlags } from '../../gas/sampling/sampling.ts';
import { type Laid, layer } from './lay.ts';

export interface Replay {
  /** Each revision of the alert as it was recorded, and what the line says of it; null where it says nothing. */
  readonly revisions: readonly { readonly rev: number; readonly recorded: string; readonly replayed: string | null }[];
  /** Telemetry envelopes of which the measurements came out the same, and all of them. */
  readonly telemetry: { readonly same: number; readonly of: number };
  /** Recorded memories of the line that came out the same, and all that were passed. */
  readonly states: { readonly same: number; readonly of: number };
  readonly looks: readonly Look[];
  readonly alerts: readonly Alert[];
  /** Why the same bytes are not promised, or what stood in the way. */
  readonly notes: readonly string[];
}

interface Going {
  readonly laid: Laid;
  readonly state: LineState;
  /** The run and the number of the reading that comes next. */
  readonly place: string;
}

/** Errors: Fault `absent` naming a model or a record that is not there; `config` for a record of another version. */
export async function replayBundle({ bundle, told }: Verdict, models: string): Promise<Replay> {
  const states = new Map(statesOf(told).map((one) => [`${one.state.run}/${one.state.next}`, one.state]));
  const lay = layer(new Map(bundle.attachments.map(({ value }) => [value.sha256, value.text])), models);
  const notes = new Set<string>();
  const looks: Look[] = [];
  const alerts: Alert[] = [];
  const telemetry = { same: 0, of: 0 };
  const passed = { same: 0, of: 0 };
  let going: Going | null = null;

  const obey = obeying(told, alerts);
  for (const { body, read } of batchesOf(told)) {
    const place: string = placeOf(read, 0);
    const known = states.get(place);
    const here: Going | null = going !== null && going.place === place ? going : null;
    const goesOn: Going | null = obey(here);
    const anew: boolean = known !== undefined && goesOn !== null && isAnew(goesOn, known);
    if (known && goesOn && !anew) count(passed, JSON.stringify(freeze(goesOn.state)) === JSON.stringify(known.state));
    going = goesOn && !anew ? goesOn : known ? begin(await lay(known), known, place) : null;
    if (!going) {
      notes.add(`${place || 'telemetry'}: what came before it is missing; it is not replayed`);
      continue;
    }
    for (const note of going.laid.notes) notes.add(note);
    const step: ReturnType<GasLine['advance']> = going.laid.line.advance(going.state, unjudged(read));
    const [sealed] = [...step.finding.telemetry, ...going.laid.line.drain(step.state).telemetry];
    looks.push(...step.looks);
    alerts.push(...step.finding.alerts);
    count(telemetry, sealed !== undefined && columnsText(sealed.body as TelemetryBody) === columnsText(body));
    going = { laid: going.laid, state: step.state, place: placeOf(read, read.readings.length) };
  }
  obey(going);
  const revisions = revisionsOf(told, bundle.header?.value.alert, alerts);
  return { revisions, telemetry, states: passed, looks, alerts, notes: [...notes] };
}

/** Gives the line what persons commanded at the place that it has come to; alerts that this ends are added to `alerts`. */
function obeying(told: readonly Told[], alerts: Alert[]): (going: Going | null) => Going | null {
  const commands = told.flatMap(({ envelope: { stream, body } }) =>
    stream === 'event' ? (commandOf(body as Partial<BoxEvent>) ?? []) : [],
  );
  return (going) => {
    if (!going) return null;
    let { state } = going;
    for (const { run, next, command } of commands) {
      if (`${run}/${next}` !== going.place) continue;
      const done = going.laid.line.command(state, command);
      state = done.state;
      alerts.push(...done.finding.alerts);
    }
    return { ...going, state };
  };
}

/** The run and the number of a reading so far into a batch; empty where the batch does not tell. */
const placeOf = ({ run }: Telemetry, into: number): string => (run ? `${run.id}/${run.first + into}` : '');

interface Tally {
  same: number;
  of: number;
}

function count(tally: Tally, same: boolean): void {
  tally.of += 1;
  if (same) tally.same += 1;
}

function revisionsOf(told: readonly Told[], id: string | undefined, alerts: readonly Alert[]): Replay['revisions'] {
  let before: Alert | undefined;
  return told.flatMap(({ line, envelope }) => {
    const alert = envelope.body as Alert;
    if (envelope.stream !== 'alert' || alert.id !== id) return [];
    const marked = isMark(alert, before);
    before = alert;
    if (marked) return [];
    const again = alerts.find((one) => one.id === id && one.rev === alert.rev);
    return [{ rev: alert.rev, recorded: bodyOf(line.text), replayed: again ? JSON.stringify(again) : null }];
  });
}

/** Whether something else than readings changed the line there: another record in force, or a mark on an open alert. */
function isAnew({ laid, state }: Going, { config, calibrations, state: recorded }: z.infer<typeof lineState>): boolean {
  if (laid.key !== [config, ...calibrations].join()) return true;
  const marksOf = (alerts: LineState['alert']): string =>
    JSON.stringify(Object.values(alerts).map(({ id, rev, marks }) => (marks ? [id, rev, marks] : [])));
  const { alert, crew } = frozenState.parse(recorded);
  const crewMarksOf = (of: LineState['crew']): string =>
    JSON.stringify(Object.values(of).map(({ open }) => marksOf(open as LineState['alert'])));
  return (
    marksOf(alert as LineState['alert']) !== marksOf(state.alert) ||
    crewMarksOf(thawCrew(crew ?? {})) !== crewMarksOf(state.crew)
  );
}

function begin(laid: Laid, { run, next, state }: z.infer<typeof lineState>, place: string): Going {
  return { laid, state: thaw(frozenState.parse(state), laid.line.fresh(run, next), laid.array), place };
}

const bodyOf = (text: string): string => text.slice(text.indexOf(',"body":') + ',"body":'.length, -1);

function batchesOf(told: readonly Told[]): { body: TelemetryBody; read: Telemetry }[] {
  return told.flatMap(({ envelope }) => {
    if (envelope.stream !== 'tele') return [];
    const body = envelope.body as TelemetryBody;
    return [{ body, read: decodeTelemetry(body) }];
  });
}

const isOfTheLine = (flag: Flag): boolean => judgedFlags.has(flag) || lineFlags.has(flag);

/** Readings as they came to the line: flags that it alone gives are taken off. */
const unjudged = ({ readings }: Telemetry) =>
  readings.map((one) =>
    one.flags.some(isOfTheLine) ? { ...one, flags: one.flags.filter((flag) => !isOfTheLine(flag)) } : one,
  );

/** Whether a file is a bundle and not a capture's folder. */
export const isBundle = (file: string): boolean => {
  try {
    return readFileSync(file, 'utf8').startsWith('{"bundle":1,');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
};
