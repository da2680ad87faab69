/** Measures the air in the dock with an SHT4x; a part that is gone is air that is not known, and the heater is off. */
import { type Air, sht4xAir, sht4xPrecisions } from '../core/codecs/sht4x.ts';
import type { Running } from '../core/daemon/running.ts';
import { isFault } from '../core/ports/fault.ts';
import type { I2c } from '../core/ports/i2c.ts';
import { withinMs } from './within.ts';

export interface ClimateParts {
  readonly bus: I2c;
  readonly address: number;
  readonly withinMs: number;
  tell(input: { readonly is: 'air'; readonly air: Air | null; readonly why: string }): void;
}

/** Air in a box changes slowly; a part that is gone is left alone as long. */
const everyMs = 2000;
const marginMs = 2;

/** Runs until the daemon stops. */
export async function keepClimate(
  { bus, address, withinMs: most, tell }: ClimateParts,
  { clock, signal }: Pick<Running, 'clock' | 'signal'>,
): Promise<void> {
  const { command, durationMs } = sht4xPrecisions.high;
  const look = async (): Promise<Air> => {
    await bus.write(address, Uint8Array.of(command));
    await clock.sleep(durationMs + marginMs, 'sht4x measurement');
    return sht4xAir(await bus.read(address, 6));
  };
  while (!signal.aborted) {
    try {
      tell({ is: 'air', air: await withinMs(look(), most, { clock, what: 'the SHT4x' }), why: '' });
    } catch (error) {
      if (!isFault(error)) throw error;
      tell({ is: 'air', air: null, why: error.message });
    }
    await clock.sleep(everyMs, 'air of the dock', signal);
  }
}
