/**
 * What is on the way in one lane: a part of one stream of one spool. Pure: the daemon asks what to send and tells what came
 * back. A broker keeps the order of what it is given, so whatever was sent before something that the ledger confirmed, and is
 * not confirmed itself, is lost: it goes out again at once, and nothing else does. Silence is answered by one probe.
 */
export interface Flight {
  /** The lane's part of the stream: above `after`, up to and including `to`. */
  readonly after: number;
  readonly to: number;
  /** Highest seq taken from the spool in order since the last rewind. */
  readonly cursor: number;
  /** Launches since the beginning: tells what was sent before what. */
  readonly turn: number;
  /** Sent and not confirmed, in the order of sending. */
  readonly onWay: readonly Sent[];
  /** To be sent again before anything new. */
  readonly again: readonly Miss[];
  /** Overtaken too often to be sent like the others: tried at long intervals, so that they hold nothing up. */
  readonly held: readonly Held[];
  /** Asked for by the ledger, and not in the spool. */
  readonly asked: readonly Asked[];
  /** Probes since the ledger's last word, and the moment of the last one. */
  readonly probes: number;
  readonly probedMs: number;
}

/** `misses`: how often it was sent, and what was sent after it confirmed first. */
interface Miss {
  readonly seq: number;
  readonly misses: number;
}
interface Sent extends Miss {
  readonly turn: number;
  readonly sentMs: number;
}
interface Held extends Miss {
  readonly untilMs: number;
}
/** `told`: 1 after the box said what it holds, 2 after it said that this is lost. */
interface Asked {
  readonly seq: number;
  readonly sinceMs: number;
  readonly told: 0 | 1 | 2;
}

export interface Receipt {
  readonly through: number;
  readonly missing: readonly number[];
}

/** What follows from a receipt beside the state. */
export interface Landing {
  /** Numbers that go on the long list because they were overtaken too often. */
  readonly held: readonly number[];
  /** Whether the ledger keeps asking for what this spool does not hold: time to say what it does. */
  readonly announce: boolean;
  /** And asks still after that: lost on this medium. */
  readonly lost: readonly number[];
}

/** After so many misses something does not pass that others pass. */
const mostMisses = 5;
const firstHoldMs = 60_000;
const mostHoldMs = 3_600_000;
/** To say that something is lost is a grave word: it has this many times longer than to say what the box holds. */
const patience = 12;
/** Probes come at doubling intervals up to this one: each costs a message of somebody's data plan. */
const mostProbeMs = 60_000;

export const lane = (after = 0, to = Number.POSITIVE_INFINITY): Flight => ({
  after,
  to,
  cursor: after,
  turn: 0,
  onWay: [],
  again: [],
  held: [],
  asked: [],
  probes: 0,
  probedMs: Number.NEGATIVE_INFINITY,
});

/** After the connection was lost: everything unsettled goes out again, but what is held. */
export const rewound = (flight: Flight): Flight => ({ ...lane(flight.after, flight.to), held: flight.held });

/** Messages that may still go out before `most` are unconfirmed. */
export const room = ({ onWay }: Flight, most: number): number => Math.max(0, most - onWay.length);

/** What goes out before anything new, ascending. */
export const dueAgain = ({ again, held }: Flight, nowMs: number): readonly number[] =>
  [...again, ...held.filter(({ untilMs }) => untilMs <= nowMs)].map(({ seq }) => seq).sort((a, b) => a - b);

/** Whether something found in the spool at the cursor may go out as new. */
export const isNew = ({ to, held }: Flight, seq: number): boolean => seq <= to && !held.some((one) => one.seq === seq);

/** After these went out. */
export function launched(flight: Flight, seqs: readonly number[], nowMs: number): Flight {
  if (seqs.length === 0) return flight;
  const gone = new Set(seqs);
  const misses = new Map([...flight.again, ...flight.held, ...flight.onWay].map((one) => [one.seq, one.misses]));
  const sent = seqs.map((seq, i) => ({ seq, turn: flight.turn + i + 1, sentMs: nowMs, misses: misses.get(seq) ?? 0 }));
  return {
    ...flight,
    cursor: Math.max(flight.cursor, ...seqs),
    turn: flight.turn + seqs.length,
    onWay: [...flight.onWay.filter(({ seq }) => !gone.has(seq)), ...sent],
    again: flight.again.filter(({ seq }) => !gone.has(seq)),
    held: flight.held.filter(({ seq }) => !gone.has(seq)),
  };
}

/** After everything in the spool up to `seq` was looked at. */
export const passed = (flight: Flight, seq: number): Flight => ({ ...flight, cursor: Math.max(flight.cursor, seq) });

/** After the spool was asked for these and does not hold them. */
export function absent(flight: Flight, seqs: readonly number[], nowMs: number): Flight {
  const gone = new Set(seqs);
  const known = new Set(flight.asked.map(({ seq }) => seq));
  const asked = seqs.filter((seq) => !known.has(seq)).map((seq) => ({ seq, sinceMs: nowMs, told: 0 as const }));
  const rest = <T extends Miss>(all: readonly T[]): T[] => all.filter(({ seq }) => !gone.has(seq));
  return { ...flight, again: rest(flight.again), held: rest(flight.held), asked: [...flight.asked, ...asked] };
}

const holdMs = (misses: number): number => Math.min(mostHoldMs, firstHoldMs * 2 ** Math.max(0, misses - mostMisses));

/** Takes one out of the way that breaks the connection. */
export function held(flight: Flight, seq: number, nowMs: number): Flight {
  const all = [...flight.onWay, ...flight.again, ...flight.held];
  const misses = Math.max(mostMisses, 1 + (all.find((one) => one.seq === seq)?.misses ?? 0));
  const rest = <T extends Miss>(some: readonly T[]): T[] => some.filter((one) => one.seq !== seq);
  return {
    ...flight,
    onWay: rest(flight.onWay),
    again: rest(flight.again),
    held: [...rest(flight.held), { seq, misses, untilMs: nowMs + holdMs(misses) }],
  };
}

/** After a receipt of the stream. `graceMs` is how long a late receipt may still ask for what came meanwhile. */
export function landed(
  flight: Flight,
  { through, missing }: Receipt,
  nowMs: number,
  graceMs: number,
): readonly [Flight, Landing] {
  const open = new Set(missing.filter((seq) => seq > flight.after && seq <= flight.to));
  const isOpen = ({ seq }: { readonly seq: number }): boolean => seq > through || open.has(seq);
  const newest = flight.onWay.reduce((turn, one) => (isOpen(one) ? turn : Math.max(turn, one.turn)), 0);
  const waiting = flight.onWay.filter(isOpen);
  const overtaken = waiting.filter(({ turn }) => turn < newest).map(({ seq, misses }) => ({ seq, misses: misses + 1 }));
  const [hopeless, again] = split(overtaken, ({ misses }) => misses >= mostMisses);

  const asked = flight.asked.filter(isOpen).map((one): Asked => {
    const due = one.told < 2 && nowMs - one.sinceMs >= (one.told === 0 ? graceMs : patience * graceMs);
    return due ? { seq: one.seq, sinceMs: nowMs, told: one.told === 0 ? 1 : 2 } : one;
  });
  const told = (n: 1 | 2): number[] =>
    asked.filter((one) => one.told === n && one.sinceMs === nowMs && !flight.asked.includes(one)).map(({ seq }) => seq);

  const next: Flight = {
    ...flight,
    onWay: waiting.filter(({ turn }) => turn > newest),
    again: [...flight.again.filter(isOpen), ...again],
    held: [
      ...flight.held.filter(isOpen),
      ...hopeless.map(({ seq, misses }) => ({ seq, misses, untilMs: nowMs + holdMs(misses) })),
    ],
    asked,
    probes: 0,
    probedMs: Number.NEGATIVE_INFINITY,
  };
  const landing = { held: hopeless.map(({ seq }) => seq), announce: told(1).length > 0, lost: told(2) };
  const requested = withRequests(next, open);
  // The ledger speaks again and has nothing of what is on the way: it need not be waited for.
  return [newest === 0 && flight.probes > 0 ? probed(requested, nowMs) : requested, landing];
}

/** What the ledger misses and nobody here has in mind, though it was sent once: it goes out again. */
function withRequests(flight: Flight, open: ReadonlySet<number>): Flight {
  const known = new Set([...flight.onWay, ...flight.again, ...flight.held, ...flight.asked].map(({ seq }) => seq));
  const requests = [...open].filter((seq) => seq <= flight.cursor && !known.has(seq));
  return { ...flight, again: [...flight.again, ...requests.map((seq) => ({ seq, misses: 0 }))] };
}

/** The oldest of what is on the way goes out again: its receipt will tell what became of the others. */
function probed(flight: Flight, nowMs: number): Flight {
  const oldest = flight.onWay.reduce<Sent | null>((a, b) => (a === null || b.sentMs < a.sentMs ? b : a), null);
  if (oldest === null) return flight;
  return {
    ...flight,
    onWay: flight.onWay.filter((one) => one !== oldest),
    again: [...flight.again, { seq: oldest.seq, misses: oldest.misses }],
    probedMs: nowMs,
  };
}

/** When no receipt came in time: one probe, and the next one after twice the time. */
export function nudged(flight: Flight, nowMs: number, resendMs: number): Flight {
  const oldestMs = flight.onWay.reduce((ms, one) => Math.min(ms, one.sentMs), Number.POSITIVE_INFINITY);
  const waitMs = Math.min(Math.max(resendMs, mostProbeMs), resendMs * 2 ** flight.probes);
  if (nowMs - Math.max(oldestMs, flight.probedMs) < waitMs) return flight;
  return { ...probed(flight, nowMs), probes: flight.probes + 1 };
}

function split<T>(all: readonly T[], first: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(first), all.filter((one) => !first(one))];
}
