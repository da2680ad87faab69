import { Fault } from '../ports/fault.ts';
import type { GpioAddress } from '../ports/gpio.ts';

/** A chip as one of the two interfaces of the kernel shows it. */
export interface GpioChip {
  /** Where it is: `/dev/gpiochip0`, `/sys/class/gpio/gpiochip512`. */
  readonly file: string;
  readonly label: string;
  /** The names of its lines by offset; empty where a line has none. */
  readonly lines: readonly string[];
}

export interface FoundLine {
  readonly chip: GpioChip;
  readonly offset: number;
}

/** A line in the words of a message: "lid-closed" or pinctrl-rp1 line 17. */
export const spoken = (line: GpioAddress): string =>
  'name' in line ? `"${line.name}"` : `${line.chip} line ${line.offset}`;

const places = (found: readonly FoundLine[]): string =>
  found.map(({ chip, offset }) => `${chip.label} line ${offset}`).join(' and ');

/**
 * Finds a line among the chips of the box. `unread` are chips that could not be opened.
 * Errors: Fault `config`, `absent` and `refused` as the port says them.
 */
export function findLine(chips: readonly GpioChip[], line: GpioAddress, unread: readonly string[]): FoundLine {
  if (chips.length === 0 && unread.length === 0) throw new Fault('absent', 'this machine shows no GPIO chip');
  const found =
    'name' in line
      ? chips.flatMap((chip) =>
          chip.lines.flatMap((name, offset) => (name === line.name && name !== '' ? [{ chip, offset }] : [])),
        )
      : chips.filter(({ label }) => label === line.chip).map((chip) => ({ chip, offset: line.offset }));
  const [one, ...others] = found;
  if (!one) {
    if (unread.length > 0)
      throw new Fault(
        'refused',
        `no GPIO line ${spoken(line)} on the chips that may be opened; not opened: ${unread.join(', ')} (the user must be in the group gpio)`,
      );
    throw new Fault(
      'config',
      `no GPIO line ${spoken(line)}: the chips here are ${chips.map(({ label, lines }) => `${label} (${lines.length} lines)`).join(', ')}; gpioinfo shows their names`,
    );
  }
  if (others.length > 0)
    throw new Fault(
      'config',
      'name' in line
        ? `GPIO line ${spoken(line)} is the name of ${places(found)}: give chip and offset in place of the name`
        : `${found.length} GPIO chips have the label ${line.chip}: give the name of the line in place of it`,
    );
  const most = one.chip.lines.length - 1;
  if (!Number.isInteger(one.offset) || one.offset < 0 || one.offset > most)
    throw new Fault('config', `no GPIO line ${spoken(line)}: its lines are 0 to ${most}`);
  return one;
}
