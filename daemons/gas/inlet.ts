import type { Board } from '../core/config/box.ts';
import type { Step } from '../core/flow/scan.ts';
import type { Measurement } from '../core/values/measurement.ts';
import { arraySensor } from './compensate.ts';

/**
 * Gives every measurement from behind a sampling line the line's transport delay. Its `at` stays that of the sensor, by
 * which everything is ordered; what it is joined with is that of the inlet (`inletNs`).
 */
export function inlet({ sampling, array }: Board): Step<null, Measurement, Measurement> {
  const ofSensor = new Map(
    sampling.flatMap(({ behind, delay }) => (delay ? behind.map((id) => [id, 1000 * delay.s] as const) : [])),
  );
  const ofElement = new Map(array.map(({ quantity, channel }) => [quantity, channel.split('/', 1)[0] ?? '']));
  return (state, measurement) => {
    const sensor = measurement.sensor === arraySensor ? ofElement.get(measurement.quantity) : measurement.sensor;
    const delayMs = ofSensor.get(sensor ?? '');
    return [state, delayMs === undefined ? measurement : { ...measurement, delayMs }];
  };
}
