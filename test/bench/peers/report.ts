/** What was seen, as figures. */
import { printed } from '../../../daemons/tools/evaluate/figures.ts';
import type { Figure } from '../figure.ts';
import type { Name } from './contestants.ts';
import type { Fate } from './faults.ts';
import { type Quiet, quantile, share } from './quiet.ts';
import { medianOf, type Rounds } from './rate.ts';

export interface Seen {
  readonly versions: string;
  readonly rounds: Rounds;
  readonly quiet: ReadonlyMap<Name, Quiet>;
  readonly startMs: ReadonlyMap<Name, number>;
  readonly faults: {
    readonly down: readonly Fate[];
    readonly killed: readonly Fate[];
    readonly usual: readonly Fate[];
  };
}

const labels: Readonly<Record<Name, string>> = {
  fieldpost: 'Fieldpost (gas and uplink)',
  function: 'Node-RED, one function node',
  steps: 'Node-RED, one node a step',
  node: 'plain Node script',
  python: 'plain Python script',
};
const round = (value: number, digits = 3): number => Number(value.toPrecision(digits));
const list = <V>(of: ReadonlyMap<Name, V>, text: (one: V) => string): string =>
  [...of].map(([name, one]) => `${labels[name]} ${text(one)}`).join('; ');

const work =
  'the same bytes over TCP from one source into one Mosquitto at QoS 1; peers: calibration, mean of ten, hysteresis, one JSON message of ten readings, nothing durable; Fieldpost: quality, calibration with uncertainty, ten in a row above the threshold, raw and calibrated values in deflated batches out of a durable hash-chained spool, receipts';

export function figuresOf({ versions, rounds, quiet, startMs, faults }: Seen): readonly Figure[] {
  const rate = (name: Name, what: 'perS' | 'cpuSPerMillion' | 'peakKib'): number =>
    medianOf(rounds.get(name) ?? [], what);
  const beside = (
    id: string,
    name: Name,
    [ours, theirs]: readonly [number, number],
    rest: Pick<Figure, 'unit' | 'reach' | 'note'> & { readonly holds: (ratio: number) => boolean },
  ): Figure => {
    const ratio = ours / theirs;
    return {
      id,
      value: round(ours),
      unit: rest.unit,
      baseline: round(theirs),
      ratio: round(ratio),
      reach: rest.reach,
      ok: rest.holds(ratio),
      note: `baseline: ${labels[name]}; ${rest.note}`,
    };
  };
  const rates = list(rounds, (one) => `${Math.round(medianOf(one, 'perS'))}`);
  const times = `median of ${rounds.get('fieldpost')?.length ?? 0} rounds in turn`;
  const perS = (id: string, name: Name, reach: number): Figure =>
    beside(id, name, [rate('fieldpost', 'perS'), rate(name, 'perS')], {
      unit: 'readings/s',
      reach: `ratio >= ${reach}`,
      holds: (ratio) => ratio >= reach,
      note: `${times}; readings/s: ${rates}; ${work}; ${versions}`,
    });
  const idle = (name: Name): number => (quiet.get(name) ? share(quiet.get(name) as Quiet) : Number.NaN);
  const kib = (name: Name): number => quiet.get(name)?.idleKib ?? Number.NaN;
  const mib = 1024;
  const all = (fates: readonly Fate[], who: (name: Name) => boolean): number =>
    fates
      .filter(({ name }) => who(name))
      .reduce((sum, one) => sum + one.readings.lost + one.readings.doubled + one.alerts.lost + one.alerts.doubled, 0);
  const fate = (fates: readonly Fate[]): string =>
    fates
      .map(
        ({ name, readings, alerts }) =>
          `${labels[name]} ${readings.lost} lost ${readings.doubled} doubled of 5000 readings, ${alerts.lost} and ${alerts.doubled} of 20 alerts`,
      )
      .join('; ');
  const ours = (name: Name): boolean => name === 'fieldpost';
  const faultFigure = (id: string, fates: readonly Fate[], note: string): Figure => {
    const [value, baseline] = [all(fates, ours), all(fates, (name) => !ours(name))];
    return {
      id,
      value,
      unit: 'lost or doubled',
      baseline,
      ratio: null,
      reach: '0',
      ok: fates.length > 0 && value === 0,
      note: `baseline: the peers' together; ${note}: ${fate(fates)}`,
    };
  };
  return [
    perS('peers.rate', 'function', 2),
    perS('peers.rate.steps', 'steps', 8),
    beside('peers.cpu', 'function', [rate('fieldpost', 'cpuSPerMillion'), rate('function', 'cpuSPerMillion')], {
      unit: 'CPU-s/million readings',
      reach: 'ratio <= 0.5',
      holds: (ratio) => ratio <= 0.5,
      note: `${times}; ${list(rounds, (one) => String(round(medianOf(one, 'cpuSPerMillion'))))}`,
    }),
    beside('peers.idle', 'function', [100 * idle('fieldpost'), 100 * idle('function')], {
      unit: '% of a core',
      reach: 'ratio <= 1',
      holds: (ratio) => ratio <= 1,
      note: `16 readings/s, median of windows side by side; ${list(quiet, (one) => `${round(100 * share(one))} %`)}`,
    }),
    beside('peers.memory', 'function', [kib('fieldpost') / mib, kib('function') / mib], {
      unit: 'MiB PSS idle',
      reach: 'ratio <= 1',
      holds: (ratio) => ratio <= 1,
      note: `each from its own copy of Node, Fieldpost with the settings of its systemd unit; ${list(quiet, (one) => `${Math.round(one.idleKib / mib)}`)}`,
    }),
    beside('peers.memory.peak', 'function', [rate('fieldpost', 'peakKib') / mib, rate('function', 'peakKib') / mib], {
      unit: 'MiB PSS peak under load',
      reach: 'ratio <= 0.6',
      holds: (ratio) => ratio <= 0.6,
      note: `looked at every 100 ms, ${times}; ${list(rounds, (one) => `${Math.round(medianOf(one, 'peakKib') / mib)}`)}`,
    }),
    faultFigure(
      'peers.faults',
      faults.down,
      'broker away for 10 s, stopped in order and with persistence, so that only what a contestant itself loses is counted; 100 readings/s; by envelope key where Fieldpost sends again',
    ),
    faultFigure(
      'peers.faults.kill',
      faults.killed,
      'the same, and kill -9 of the reading process 5 s after; Fieldpost with telemetry.batch 1 and holdMs 0, so that each reading is on the disk at once',
    ),
    printed(
      'peers.faults.usual',
      all(faults.usual, ours),
      'lost or doubled',
      `kill -9 as above with the settings that a profile has by itself (batch 200, hold 10 s), which say that a kill may cost them: ${fate(faults.usual)}`,
    ),
    printed(
      'peers.start',
      startMs.get('fieldpost') ?? Number.NaN,
      'ms',
      `start of all processes to the first alert at a subscriber: ${list(startMs, (ms) => `${Math.round(ms)}`)}`,
    ),
    printed(
      'peers.latency',
      quantile(quiet.get('fieldpost')?.latencies ?? [], 0.5),
      'ms',
      `p50 / p99 from the deciding reading to its alert, 16 readings/s: ${list(quiet, ({ latencies }) => `${round(quantile(latencies, 0.5))} / ${round(quantile(latencies, 0.99))} (${latencies.length})`)}`,
    ),
  ];
}
