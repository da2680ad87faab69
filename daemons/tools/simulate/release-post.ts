/** The simulated post of the release scene without its processes: what its instruments read, look by look, faster than time. */

import type { Reading } from '../../core/values/reading.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { type AirAt, analyzer, anemometer, elements, pid } from './answers.ts';

/** Seconds between two looks: `samplePeriodMs` of its profile. */
const periodS = 0.25;
/** Time constants of its analyzers, as `simulate.ts` starts them; the lamp's is that of its kind. */
export const tauS = { analyzer: 0.8, lamp: 1.5 } as const;

export interface Watch {
  readonly seed: number;
  /** Seconds of the box's monotonic clock at which the scene begins: it decides where rows of means begin and end. */
  readonly bootS: number;
  /** Seconds of the scene that it is watched for. */
  readonly untilS: number;
}

const boot = '5e11ea5e-0000-4000-8000-000000000001';

/** One look at every instrument, in the order of the board. */
export function* readingsOf(air: AirAt, { seed, bootS, untilS }: Watch): Generator<readonly Reading[]> {
  const [nh3, voc, wind, mv] = [
    analyzer(air, tauS.analyzer, 0),
    pid(air, tauS.lamp, 0),
    anemometer(air),
    elements(air, seed),
  ];
  for (let i = 0; i * periodS < untilS; i++) {
    const t = i * periodS;
    const at: Stamp = {
      wallMs: Math.round(1_800_000_000_000 + t * 1000),
      monoNs: Math.round((bootS + t) * 1e9),
      boot,
      synced: true,
      uncertaintyMs: 1,
    };
    const of = (sensor: string, channel: string, value: number, unit: string): Reading => ({
      sensor,
      channel,
      at,
      value,
      unit,
      flags: ['simulated'],
    });
    const { temperatureC, relativePercent } = air(t);
    const { fromDeg, speedMs } = wind(t);
    yield [
      ...Array.from({ length: 8 }, (_, k) => of(k < 4 ? 'mox-a' : 'mox-b', `a${k % 4}`, mv(k, t), 'mV')),
      of('air', 'temperature', temperatureC, 'C'),
      of('air', 'humidity', relativePercent, '%'),
      of('nh3', 'ammonia', Math.fround(nh3(t)), 'ppm'),
      of('pid', 'voc', voc(t) / 10, 'ppm'),
      of('mast', 'wind-speed', speedMs, 'm/s'),
      of('mast', 'wind-from', fromDeg, 'deg'),
    ];
  }
}
