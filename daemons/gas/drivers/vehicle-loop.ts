/**
 * A vehicle loop or a light beam whose detector closes a contact on a GPIO line: 1 while a vehicle stands in it, 0 else.
 *
 * What came and went between two looks is told one level a look: a gap between two vehicles that follow closely is never
 * passed over. A line that turns more often than any traffic is a contact that chatters or a detector that hunts: a gap, until it
 * has been quiet for as long.
 */
import * as z from 'zod';
import { gpioAddress } from '../../core/config/alarm.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, Driver, DriverModule, Sample } from '../../core/driver.ts';
import type { Fault } from '../../core/ports/fault.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { Gpio, GpioEdge } from '../../core/ports/gpio.ts';

const config = onDemand(() =>
  z.strictObject({
    line: gpioAddress,
    activeLow: z
      .boolean()
      .default(false)
      .describe(
        'true where the wire is low while occupied. Best so that a cut wire reads occupied: it is noticed then',
      ),
    bias: z.enum(['as-is', 'disabled', 'pull-up', 'pull-down']).default('as-is'),
    debounceMs: z.int().min(0).max(1000).default(50).describe('a level that stood for less is not one'),
    chatter: z
      .strictObject({
        edges: z.int().min(3).max(1000).default(10).describe('more than so many are no traffic'),
        withinS: z.number().positive().max(3600).default(10),
      })
      .prefault({}),
  }),
);
type Config = z.infer<typeof config>;

/** Edges that one look takes; a line that has more chatters in any case. */
const mostWaiting = 1024;

const channels: readonly Channel[] = [{ name: 'occupied', unit: '1', range: [0, 1], resolution: 1 }];

/** What was told last, and the edges that may still make it chatter, in ns. */
export interface LoopState {
  readonly told: boolean | null;
  readonly recent: readonly number[];
}
export const freshLoop: LoopState = { told: null, recent: [] };

export interface LoopLook {
  readonly edges: readonly Pick<GpioEdge, 'level' | 'at' | 'missed'>[];
  /** After the last of the edges. */
  readonly level: boolean;
  readonly nowNs: number;
}

/** One look: the level to tell, or null while the line chatters. */
export function looked(
  state: LoopState,
  { edges, level, nowNs }: LoopLook,
  { edges: most, withinS }: Config['chatter'],
): readonly [LoopState, boolean | null] {
  // Of more than `most` only so many need to be known; edges that the kernel dropped count as well.
  const all = edges.flatMap(({ at, missed }) => Array<number>(1 + Math.min(missed ?? 0, most)).fill(at.monoNs));
  const recent = [...state.recent, ...all].filter((at) => at > nowNs - withinS * 1e9).slice(-(most + 1));
  if (recent.length > most) return [{ told: null, recent }, null];
  const between = state.told !== null && level === state.told && edges.some((one) => one.level !== state.told);
  const told = between ? !level : level;
  return [{ told, recent }, told];
}

const sampleOf = (told: boolean | null): readonly Sample[] => [
  { channel: 'occupied', value: told === null ? null : Number(told), flags: told === null ? ['instrument-fault'] : [] },
];

export const vehicleLoop: DriverModule<'gpio', Config> = {
  part: 'vehicle-loop',
  port: 'gpio',
  config,
  channels: () => channels,
  open: async (gpio: Gpio, { line, activeLow, bias, debounceMs, chatter }, clock): Promise<Driver> => {
    const input = await gpio.input(line, { activeLow, bias, debounceMs });
    let waiting: GpioEdge[] = [];
    let lost: Fault | null = null;
    void (async () => {
      try {
        for await (const edge of input.edges()) if (waiting.length < mostWaiting) waiting.push(edge);
      } catch (error) {
        if (!isFault(error)) throw error;
        lost = error;
      }
    })();
    let state = freshLoop;
    return {
      channels,
      read: async () => {
        try {
          const level = await input.read();
          if (lost) throw lost;
          const edges = waiting;
          waiting = [];
          const [next, told] = looked(state, { edges, level, nowNs: clock.now().monoNs }, chatter);
          state = next;
          return sampleOf(told);
        } catch (error) {
          // It never works again: given back, so that it can be asked for anew.
          await input.close();
          throw error;
        }
      },
    };
  },
};
