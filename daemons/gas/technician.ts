/** What a technician does at a post: the workbench of procedures, tied to the box's channels, records and climate. */

import type { ExposedBy } from '../core/calibration/history.ts';
import type { Box } from '../core/config/box.ts';
import type { Running } from '../core/daemon/running.ts';
import type { Driver } from '../core/driver.ts';
import type { CalibrationRecord, Calibrations } from '../core/ports/calibrations.ts';
import type { Cylinder, SeenLine } from '../core/procedure/link.ts';
import type { Conditions } from '../core/values/calibration.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { GasSection } from './config.ts';
import { type Inhibition, recalled } from './inhibit.ts';
import { isMetalOxide } from './procedures/gases.ts';
import { flowOf, seenLine } from './procedures/line-check.ts';
import { recordOf } from './procedures/record-of.ts';
import type { Target } from './procedures/session.ts';
import { openWorkbench } from './procedures/workbench.ts';
import type { Workbench } from './procedures/workbench-parts.ts';
import type { SamplingState } from './sampling/sampling.ts';
import type { Said } from './sensor-event.ts';

export interface TechnicianParts {
  readonly box: Pick<Box, 'board' | 'device'>;
  readonly section: GasSection;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly calibrations: Calibrations;
  /** Errors: Fault `config` for a file with mistakes. */
  readonly gases: () => readonly Cylinder[];
  readonly sampling: () => SamplingState;
  /** For plots: what every part was exposed to. */
  readonly exposed: () => readonly ExposedBy[];
  /** Kinds of alerts that are not over. */
  readonly raised: () => readonly string[];
  /** Inhibitions that the daemon before this one left. */
  readonly left: readonly Inhibition[];
  readonly tell: (event: Said, inhibitions: readonly Inhibition[]) => void;
  /** Puts what the records say now in force, between two batches. */
  readonly adopt: () => void;
}

/** How the post is at work: what the agent of the box asks. */
export interface PostStatus {
  /** Readings of its sensors since the start. */
  readonly good: number;
  readonly gaps: number;
  readonly inHand: string[];
  readonly raised: readonly string[];
  /** Channels whose calibration is over. */
  readonly overdue: string[];
  /** Share of readings without a value or with a flag since the start, by sensor. */
  readonly flagged: Record<string, number>;
}

export type PostWorkbench = Workbench & { post(): PostStatus };

/** The workbench, and what keeps the climate that records state. */
export function technicianWorkbench(parts: TechnicianParts, { clock }: Pick<Running, 'clock'>): PostWorkbench {
  const { box, section, calibrations } = parts;
  const { procedures } = section;
  const climate = new Map<string, number | null>();
  const count = { good: 0, gaps: 0 };
  const bySensor = new Map<string, { readings: number; flagged: number }>();
  const targets = targetsOf(parts);
  const lineOf = ({ samplingLine }: Target): SeenLine | null => {
    const memory = samplingLine && parts.sampling().get(samplingLine.line);
    return samplingLine && memory ? seenLine(samplingLine, memory, (channel) => unitIn(parts.drivers, channel)) : null;
  };
  const longestT90S = Math.max(...targets.map(({ t90S }) => t90S), 1);
  const workbench = openWorkbench(
    {
      device: box.device.device,
      simulated: box.board.simulated,
      section: procedures,
      targets,
      now: () => clock.now(),
      gases: parts.gases,
      inForce: ({ sensor, serial, quantity }) => calibrations.inForce(sensor, serial, quantity),
      records: (target) => recordsOf(calibrations, target),
      line: lineOf,
      exposed: ({ serial, quantity }) =>
        parts.exposed().filter((one) => one.serial === serial && one.quantity === quantity),
      tell: parts.tell,
      keep: async (session, at) => {
        const record = await calibrations.add(
          recordOf(session, {
            atMs: Math.round(at.wallMs),
            validDays: procedures.validDays,
            conditions: { ...conditionsOf(climate), flowMlMin: flowOf(lineOf(session.target)) },
            commissionedT90S: firstT90(recordsOf(calibrations, session.target)),
          }),
        );
        if (record.record === 'adjustment') parts.adopt();
        const reasons = record.record === 'adjustment' ? [] : record.reasons;
        return { id: record.id, failed: reasons.length > 0 ? reasons.join('; ') : null };
      },
    },
    recalled(parts.left, clock.now(), procedures.purgeT90s[1] * longestT90S * 1000),
  );
  return {
    ...workbench,
    post: () => ({
      ...count,
      inHand: workbench.inhibitions().map(({ target }) => target),
      raised: parts.raised(),
      overdue: targets
        .filter(({ sensor, serial, quantity }) => {
          const record = calibrations.inForce(sensor, serial, quantity);
          return record !== null && record.validUntilMs < clock.now().wallMs;
        })
        .map(({ target }) => target),
      flagged: Object.fromEntries(
        [...bySensor].map(([sensor, { readings, flagged }]) => [
          sensor,
          Math.round((1000 * flagged) / readings) / 1000,
        ]),
      ),
    }),
    look: (readings, measurements) => {
      for (const { sensor, value, flags } of readings) {
        if (!parts.drivers.has(sensor)) continue;
        count[value === null ? 'gaps' : 'good'] += 1;
        const of = bySensor.get(sensor) ?? { readings: 0, flagged: 0 };
        of.readings += 1;
        if (value === null || flags.length > 0) of.flagged += 1;
        bySensor.set(sensor, of);
      }
      for (const one of measurements) if (isClimate(one)) climate.set(one.quantity, one.value);
      workbench.look(readings, measurements);
    },
  };
}

const climateQuantities: readonly string[] = ['temperature', 'humidity', 'pressure'];
const isClimate = ({ quantity }: Measurement): boolean => climateQuantities.includes(quantity);

const unitIn = (drivers: ReadonlyMap<string, Driver>, key: string): string => {
  const [sensor = '', channel = ''] = key.split('/');
  return drivers.get(sensor)?.channels.find(({ name }) => name === channel)?.unit ?? '';
};

const conditionsOf = (climate: ReadonlyMap<string, number | null>): Omit<Conditions, 'flowMlMin'> => ({
  temperatureC: climate.get('temperature') ?? null,
  relativePercent: climate.get('humidity') ?? null,
  pressureHpa: climate.get('pressure') ?? null,
});

const recordsOf = (calibrations: Calibrations, { sensor, serial, quantity }: Target): CalibrationRecord[] =>
  calibrations
    .all()
    .filter((one) => one.sensor === sensor && one.serial === serial && one.quantity === quantity)
    .toSorted((a, b) => a.atMs - b.atMs);

/** T90 of the first bump of this part that passed: what it was like when it was commissioned. */
function firstT90(records: readonly CalibrationRecord[]): number | null {
  for (const one of records)
    if (one.record === 'bump' && one.verdict === 'passed' && one.response.t90S !== null) return one.response.t90S;
  return null;
}

function targetsOf({ box, section, drivers }: TechnicianParts): Target[] {
  const { board } = box;
  const sensors = new Map(board.sensors.map((one) => [one.id, one]));
  return board.quantities.map(({ quantity, unit, channel }) => {
    const [sensor = '', name = ''] = channel.split('/');
    const part = sensors.get(sensor);
    const rules = section.rules.filter(
      ({ score }) => typeof score === 'object' && 'quantity' in score && score.quantity === quantity,
    );
    const [alarm] = rules.toSorted((a, b) => a.on - b.on);
    return {
      target: `${sensor}/${quantity}`,
      sensor,
      serial: part?.serial ?? '',
      part: part?.part ?? '',
      quantity,
      unit,
      channel,
      resolution: drivers.get(sensor)?.channels.find((one) => one.name === name)?.resolution ?? 0,
      t90S: part?.t90?.inletS ?? part?.t90?.sensorS ?? section.procedures.defaultT90S,
      metalOxide: isMetalOxide(board, channel),
      samplingLine: board.sampling.find(({ behind }) => behind.includes(sensor)) ?? null,
      alarm: alarm ? { on: alarm.on, raiseAfter: alarm.raiseAfter } : null,
    };
  });
}

/** Time goes on for a procedure also while its sensor is silent. */
export async function tick(workbench: Workbench, { clock, signal }: Running): Promise<void> {
  while (!signal.aborted) {
    workbench.tick();
    await clock.sleep(500, 'procedures', signal);
  }
}
