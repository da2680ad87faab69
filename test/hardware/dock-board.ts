/** How the dock of the bench is wired, as its board file says it. */
import { cupsLine, inputs, outputs } from './dock-model.ts';

/** Every line of its chip by what it is for. */
export const lines = { ...inputs, ...outputs, cups: cupsLine };
type LineName = keyof typeof lines;

/** The label of the chip. */
const chip = 'dock-gpio';
/** sysfs knows no names of lines. */
const lineBy = {
  chardev: (name: LineName) => ({ name }),
  onoff: (name: LineName) => ({ chip, offset: lines[name] }),
} as const;

export interface Wiring {
  readonly gpio: keyof typeof lineBy;
  /** What measures the supply, and its I2C address. */
  readonly part: 'ina226' | 'ina219';
  readonly address: number;
  /** Address of the SHT4x within the dock. */
  readonly airAt: number;
  readonly bus: number;
  /** The drone's serial port. */
  readonly tty: string;
}

export function dockBoard({ gpio, part, address, airAt, bus, tty }: Wiring) {
  const line = (name: string) => ({ line: lineBy[gpio](name as LineName) });
  const all = (names: object) => Object.fromEntries(Object.keys(names).map((name) => [name, line(name)]));
  return {
    ports: { i2c: { supply: { bus } }, serial: { drone: { path: tty, baudRate: 57_600 } } },
    dock: {
      gpio,
      inputs: { ...all(inputs), anemometer: { ...line('cups'), perHz: 3 } },
      outputs: all(outputs),
      power: { port: 'supply', part, address, shuntMilliohm: 2 },
      climate: { port: 'supply', part: 'sht4x', address: airAt },
      vehicle: { port: 'drone' },
    },
  };
}
