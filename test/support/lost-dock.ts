/** The board section of a dock whose lines are of a chip that no machine has: they are lost, and the hatch stays as it is. */
const line = (name: string) => ({ line: { name: `no-such-${name}` } });

/** `power`: the I2C port of a power monitor that does not answer. The drone is on the port `drone`. */
export const lostDock = (power: string) => ({
  inputs: Object.fromEntries(['atOpen', 'atClosed', 'stopPressed', 'person', 'seated'].map((one) => [one, line(one)])),
  outputs: Object.fromEntries(['opens', 'closes', 'charger'].map((one) => [one, line(one)])),
  power: { port: power, part: 'ina226', address: 64, shuntMilliohm: 2 },
  vehicle: { port: 'drone' },
});
