import { Fault } from '../ports/fault.ts';
import type { Board } from './box.ts';
import { inputsOf } from './sampling.ts';

/** What a schema cannot say of a board: names that must exist, and be there once. Errors: Fault `config`, every mistake named. */
export function checkReferences(
  file: string,
  { ports, sensors, array, quantities, climate, pairs, sampling }: Board,
): void {
  const mistakes: string[] = [];
  const ids = new Set<string>();
  sensors.forEach(({ id, port }, i) => {
    if (ids.has(id)) mistakes.push(`${file} sensors.${i}.id: "${id}" is there twice; every sensor needs its own`);
    ids.add(id);
    if (!(port in ports.i2c) && !(port in ports.serial) && port !== 'gpio')
      mistakes.push(
        `${file} sensors.${i}.port: "${port}" is not under ports; known: ${[...Object.keys(ports.i2c), ...Object.keys(ports.serial), 'gpio'].join(', ')}`,
      );
  });
  const named = (where: string, channel: string): void => {
    if (!ids.has(channel.split('/', 1)[0] ?? ''))
      mistakes.push(`${file} ${where}: "${channel}" names no sensor of this board`);
  };
  sensors.forEach(({ quality: { heater } }, i) => {
    if (heater) named(`sensors.${i}.quality.heater.channel`, heater.channel);
  });
  const carried = new Map<string, string>();
  sampling.forEach((one, i) => {
    for (const channel of Object.values(inputsOf(one))) named(`sampling.${i}`, channel);
    for (const id of one.behind) {
      if (!ids.has(id)) mistakes.push(`${file} sampling.${i}.behind: "${id}" is no sensor of this board`);
      if (carried.has(id)) mistakes.push(`${file} sampling.${i}.behind: "${id}" is behind ${carried.get(id)} already`);
      carried.set(id, one.line);
    }
  });
  const units = new Map(quantities.map((one) => [one.quantity, one.unit]));
  pairs.forEach((one, i) => {
    const [a, b] = one.quantities.map((each) => units.get(each));
    one.quantities.forEach((each, j) => {
      if (!units.has(each))
        mistakes.push(`${file} pairs.${i}.quantities.${j}: "${each}" is not under quantities of this board`);
    });
    if (a !== undefined && b !== undefined && a !== b)
      mistakes.push(`${file} pairs.${i}.quantities: are in ${a} and ${b}; a pair has one unit`);
  });
  array.forEach((one, i) => {
    named(`array.${i}.channel`, one.channel);
  });
  quantities.forEach((one, i) => {
    named(`quantities.${i}.channel`, one.channel);
  });
  if (climate) {
    named('climate.temperature', climate.temperature);
    named('climate.humidity', climate.humidity);
  }
  if (array.length > 0 && !climate)
    mistakes.push(
      `${file} climate: is missing; metal-oxide elements cannot be compensated without temperature and humidity`,
    );
  if (mistakes.length > 0) throw new Fault('config', mistakes.join('\n'));
}
