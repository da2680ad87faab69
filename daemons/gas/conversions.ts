import type { Board } from '../core/config/box.ts';
import type { Driver } from '../core/driver.ts';
import type { Calibrations } from '../core/ports/calibrations.ts';
import { Fault } from '../core/ports/fault.ts';
import type { Conversion } from './calibrate.ts';
import { airThen } from './climate-correction.ts';
import { arraySensor, humidityQuantity } from './compensate.ts';
import { lodOfChannel } from './detection/lod.ts';
import { feedChannels, feedSensor } from './locating/feed-channels.ts';
import { isMetalOxide } from './procedures/gases.ts';

export interface Planned {
  readonly conversions: readonly Conversion[];
  /** Quantities that ask for a calibration and have none, as `sensor/quantity`. */
  readonly uncalibrated: readonly string[];
}

const sqrt12 = Math.sqrt(12);
const concentrations: ReadonlySet<string> = new Set(['ppm', 'ppb', 'mg/m3', 'ug/m3']);

/** A metal-oxide element answers to nearly everything: alone it says that something changed, and of nothing how much. */
function refusePpm(
  board: Board,
  { quantity, unit, channel }: Pick<Board['quantities'][number], 'quantity' | 'unit' | 'channel'>,
) {
  if (concentrations.has(unit) && isMetalOxide(board, channel))
    throw new Fault(
      'config',
      `board ${board.board} quantities ${quantity}: ${channel} is a metal-oxide element, which alone shows no ${unit}; name an electrochemical, optical or photo-ionisation channel, or leave the element to the array`,
    );
}

/**
 * What every channel of the board becomes: analyzers through their record in force, the array's ratios and the climate
 * as they are. The uncertainty of a reading is at least that of its resolution (rectangular: step / sqrt(12), GUM 4.3.7).
 */
export function plan(
  board: Board,
  drivers: ReadonlyMap<string, Driver>,
  calibrations: Pick<Calibrations, 'inForce'>,
): Planned {
  const uncalibrated: string[] = [];
  const resolution = (key: string): number => {
    const [sensor = '', channel = ''] = key.split('/');
    return (drivers.get(sensor)?.channels.find((one) => one.name === channel)?.resolution ?? 0) / sqrt12;
  };
  const serialOf = new Map(board.sensors.map(({ id, serial }) => [id, serial]));

  const analyzers = board.quantities.map(({ quantity, unit, channel, factory, lod }): Conversion => {
    const sensor = channel.split('/', 1)[0] ?? '';
    const record = calibrations.inForce(sensor, serialOf.get(sensor) ?? '', quantity);
    refusePpm(board, { quantity, unit, channel });
    if (record === null && !factory) uncalibrated.push(`${sensor}/${quantity}`);
    const inputs = record ? record.fit.terms.map((term) => term.channel) : [channel];
    const madeIn = record && airThen(record);
    const factoryU = factory?.u ?? null;
    const known = { record, factoryU, uInputs: inputs.map(resolution) };
    return { sensor, quantity, unit, inputs, ...known, madeIn, lod: lodOfChannel(known, lod?.value ?? null) };
  });

  const asTheyAre = (sensor: string, quantity: string, unit: string, input: string): Conversion => ({
    sensor,
    quantity,
    unit,
    inputs: [input],
    uInputs: [0],
    record: null,
    factoryU: 0,
  });
  const ratios = board.array.map(({ quantity }) => asTheyAre(arraySensor, quantity, '1', `${arraySensor}/${quantity}`));
  const humiditySensor = board.climate?.humidity.split('/', 1)[0] ?? '';
  const climate = board.climate
    ? [asTheyAre(humiditySensor, humidityQuantity, 'g/m3', `${humiditySensor}/${humidityQuantity}`)]
    : [];
  const feed = feedChannels.map(({ name, unit }) => asTheyAre(feedSensor, name, unit, `${feedSensor}/${name}`));
  return { conversions: [...analyzers, ...ratios, ...climate, ...feed], uncalibrated };
}
