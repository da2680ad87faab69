/** What the centre can show of an alert and of a box's array, out of the envelopes that it keeps. Nothing is worked out anew. */
import * as z from 'zod';
import { hasBody } from '../core/evidence/chain.ts';
import type { Archive, Chain, Filed } from '../core/ports/archive.ts';
import { isFault } from '../core/ports/fault.ts';
import { decodeTelemetry } from '../core/telemetry/decode.ts';
import type { Alert } from '../core/values/alert.ts';
import type { TelemetryBody } from '../core/values/envelope.ts';
import type { AlertSight, Drift } from '../core/values/sight.ts';
import { parseEnvelope } from '../core/wire/envelope.ts';

/** Before the alert began, and after its last word, in seconds. */
const around = { before: 300, after: 60 } as const;
/** Envelopes of telemetry that are read for one picture. */
const mostEnvelopes = 300;
/** Values that make a level. */
const leastValues = 8;

/** Null where no revision is held. Errors: the store's Faults. */
export async function sightOf(archive: Archive, id: string): Promise<AlertSight | null> {
  const filed = await archive.revisions(id);
  const alerts = filed.flatMap(({ text }) => alertIn(text)).sort((a, b) => a.rev - b.rev);
  const [first, last] = [alerts[0], alerts.at(-1)];
  if (!first || !last) return null;
  const secondOf = ({ at }: Pick<Alert, 'at'>): number => (at.monoNs - first.since.monoNs) / 1e9;
  const stood = [0, secondOf(last)] as const;
  const labels = labelsOf(last);
  if (labels.length > 0) {
    const moments = alerts.map((one) => ({
      s: secondOf(one),
      value: one.because.score,
      baseline: null,
      threshold: one.because.threshold,
      probabilities: probabilitiesOf(one),
    }));
    return { unit: '', labels, moments, stood };
  }
  const values = await traceOf(archive, filed[0] as Filed, last, first.since);
  const level = middle(values.filter(([s]) => s < 0).map(([, value]) => value));
  const { threshold, evidence } = last.because;
  return {
    unit: evidence[0]?.unit ?? '',
    labels: [],
    moments: values.map(([s, value]) => ({ s, value, baseline: level, threshold })),
    stood,
  };
}

function alertIn(text: string): readonly Alert[] {
  const envelope = parseEnvelope(text);
  return envelope.stream === 'alert' ? [envelope.body as Alert] : [];
}

/** A model's word stands in the evidence as p(label), of class after class. */
const isSaid = /^p\((.+)\)$/;
const labelsOf = ({ because }: Alert): string[] =>
  because.evidence.flatMap(({ quantity }) => isSaid.exec(quantity)?.[1] ?? []);
const probabilitiesOf = ({ because }: Alert): number[] =>
  because.evidence.flatMap(({ quantity, value }) => (isSaid.test(quantity) ? [value ?? 0] : []));

type Value = readonly [s: number, value: number | null];

/** What the alert's own quantity did around it, out of the telemetry of the same spool and the same boot. */
async function traceOf(
  archive: Archive,
  { device, spool }: Filed,
  alert: Alert,
  since: Alert['since'],
): Promise<Value[]> {
  const [about] = alert.because.evidence;
  const chain: Chain = { device, spool, stream: 'tele' };
  const ends = await archive.ends(chain);
  if (!about || !ends) return [];
  const [fromNs, toNs] = [since.monoNs - around.before * 1e9, alert.at.monoNs + around.after * 1e9];
  const from = await firstAfter(archive, chain, ends, { boot: since.boot, monoNs: fromNs, wallMs: since.wallMs });
  const values: Value[] = [];
  for (const { text } of await archive.read(chain, from, Math.min(ends.last, from + mostEnvelopes))) {
    // Of what was reduced by age the link alone is there.
    if (!hasBody(text)) continue;
    const envelope = parseEnvelope(text);
    if (envelope.stream !== 'tele' || envelope.at.boot !== since.boot) continue;
    for (const { sensor, quantity, at, value } of decodeTelemetry(envelope.body as TelemetryBody).measurements)
      if (sensor === about.sensor && quantity === about.quantity && at.monoNs >= fromNs && at.monoNs <= toNs)
        values.push([(at.monoNs - since.monoNs) / 1e9, value]);
    if (envelope.at.monoNs > toNs) break;
  }
  return values.sort(([a], [b]) => a - b);
}

interface Place {
  readonly boot: string;
  readonly monoNs: number;
  readonly wallMs: number;
}

/** The first number of a chain that is of that boot and not before that moment, by halving; another boot is told by the wall clock. */
export async function firstAfter(
  archive: Archive,
  chain: Chain,
  { first, last }: { readonly first: number; readonly last: number },
  place: Place,
): Promise<number> {
  let [low, high] = [first, last];
  while (low < high) {
    const half = Math.floor((low + high) / 2);
    const [one] = await archive.read(chain, half, Math.min(last, half + 50));
    const at = one ? (JSON.parse(one.text) as { at: Place }).at : null;
    const isBefore = at === null || (at.boot === place.boot ? at.monoNs < place.monoNs : at.wallMs < place.wallMs);
    if (isBefore) low = half + 1;
    else high = half;
  }
  return low;
}

function middle(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known.length < leastValues ? null : (known[known.length >> 1] ?? null);
}

const stated = z.looseObject({
  state: z.looseObject({
    window: z.looseObject({ baseline: z.looseObject({ learned: z.number(), levels: z.array(z.number()) }) }),
  }),
});
const inForce = z.looseObject({
  record: z.looseObject({ board: z.looseObject({ array: z.array(z.looseObject({ quantity: z.string() })) }) }),
});

/** Statements of a line's memory that are looked through: a box makes one every ten minutes. */
const mostStatements = 500;

/** The clean-air level of each element of the array, in per cent of the first that is held. */
export async function driftOf(archive: Archive, device: string): Promise<readonly Drift[]> {
  const names = (await eventsOf(archive, device, 'config-in-force', 1)).flatMap(
    ({ detail }) => inForce.safeParse(detail).data?.record.board.array.map(({ quantity }) => quantity) ?? [],
  );
  const states = (await eventsOf(archive, device, 'line-state', mostStatements)).flatMap(({ atMs, detail }) => {
    const baseline = stated.safeParse(detail).data?.state.window.baseline;
    return baseline && baseline.learned > 0 ? [{ atMs, levels: baseline.levels }] : [];
  });
  states.sort((a, b) => a.atMs - b.atMs);
  return names.map((name, i) => {
    const first = states.find(({ levels }) => (levels[i] ?? 0) > 0)?.levels[i] ?? Number.NaN;
    const points = states.flatMap(({ atMs, levels }) =>
      (levels[i] ?? 0) > 0 ? [{ atMs, value: (100 * (levels[i] ?? 0)) / first }] : [],
    );
    return { name, points };
  });
}

async function eventsOf(archive: Archive, device: string, type: string, limit: number) {
  return (await archive.events(device, type, limit)).flatMap(({ text }) => {
    try {
      const { at, body } = parseEnvelope(text);
      return 'detail' in body && body.type === type ? [{ atMs: at.wallMs, detail: body.detail as unknown }] : [];
    } catch (error) {
      // What was reduced by age has no body any more.
      if (!isFault(error)) throw error;
      return [];
    }
  });
}
