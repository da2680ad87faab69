/** Measures the supply at each look; a bus that hangs or a part that is gone is a supply that is not known. */
import type { Running } from '../core/daemon/running.ts';
import type { Driver } from '../core/driver.ts';
import { isFault } from '../core/ports/fault.ts';
import type { I2c } from '../core/ports/i2c.ts';
import type { DockSection, DockWiring } from './config.ts';
import { powerMonitors } from './drivers/power-monitor.ts';
import type { LineInput } from './line.ts';
import { withinMs } from './within.ts';

export interface SupplyParts {
  readonly bus: I2c;
  readonly power: DockWiring['power'];
  readonly section: Pick<DockSection, 'supplyWithinMs' | 'lookMs'>;
  tell(input: LineInput): void;
}

/** How long a part that is gone is left alone, in ms. */
const againMs = 1000;

/** Runs until the daemon stops. */
export async function keepSupply(
  { bus, power, section, tell }: SupplyParts,
  { clock, signal }: Pick<Running, 'clock' | 'signal'>,
): Promise<void> {
  const { part, address, shuntMilliohm } = power;
  let monitor: Driver | null = null;
  while (!signal.aborted) {
    try {
      monitor ??= await powerMonitors[part].open(bus, { address, shuntMilliohm }, clock);
      const samples = await withinMs(monitor.read(), section.supplyWithinMs, { clock, what: 'the power monitor' });
      const value = (channel: string): number => samples.find((one) => one.channel === channel)?.value ?? Number.NaN;
      tell({ is: 'supply', volts: value('voltage'), amps: value('current') });
      await clock.sleep(section.lookMs, 'supply of the dock', signal);
    } catch (error) {
      if (!isFault(error)) throw error;
      monitor = null;
      tell({ is: 'lost', what: 'supply', why: error.message });
      await clock.sleep(againMs, 'supply of the dock', signal);
    }
  }
}
