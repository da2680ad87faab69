/** What both adapters of GPIO lines must do, on chips of the kernel's simulator; each case gives what it saw. */
import { isFault } from '../../daemons/core/ports/fault.ts';
import type { Gpio, GpioAddress, GpioEdge, GpioInput } from '../../daemons/core/ports/gpio.ts';
import type { SimulatedChip } from './gpio-sim.ts';

export interface Dock {
  readonly gpio: Gpio;
  readonly chip: SimulatedChip;
  readonly line: (offset: number) => GpioAddress;
}

/** The value of a call, or the kind and sentence of its fault. */
export async function outcome<T>(work: () => Promise<T>): Promise<T | { fault: string; says: string }> {
  try {
    return await work();
  } catch (error) {
    if (!isFault(error)) throw error;
    return { fault: error.kind, says: error.message };
  }
}

export async function take(input: GpioInput, count: number): Promise<GpioEdge[]> {
  const taken: GpioEdge[] = [];
  for await (const edge of input.edges()) if (taken.push(edge) === count) break;
  return taken;
}

export async function levels({ gpio, chip, line }: Dock) {
  chip.pull(1, false);
  chip.pull(2, false);
  const [plain, inverted] = [await gpio.input(line(1)), await gpio.input(line(2), { activeLow: true })];
  const low = [await plain.read(), await inverted.read()];
  chip.pull(1, true);
  chip.pull(2, true);
  const high = [await plain.read(), await inverted.read()];
  await plain.close();
  await inverted.close();
  return { low, high };
}

/** Level as asked, level of the wire: at the request, then written on, then written off. */
export async function outputs({ gpio, chip, line }: Dock) {
  const said: Record<string, unknown> = {};
  for (const activeLow of [false, true])
    for (const initial of [false, true]) {
      const output = await gpio.output(line(5), { activeLow, initial });
      const seen = [[await output.read(), chip.wire(5)]];
      for (const level of [true, false]) {
        await output.write(level);
        seen.push([await output.read(), chip.wire(5)]);
      }
      await output.close();
      said[`${activeLow ? 'active low' : 'active high'}, ${initial ? 'on' : 'off'} at first`] = seen;
    }
  return said;
}

/** A pull before anybody reads and two after: each edge with whether its time lies between our own looks at the clock. */
export async function edges({ gpio, chip, line }: Dock, activeLow: boolean) {
  chip.pull(1, false);
  const input = await gpio.input(line(1), { activeLow });
  const said: unknown[] = [];
  for (const up of [true, false, true]) {
    const before = process.hrtime.bigint();
    chip.pull(1, up);
    const [edge] = await take(input, 1);
    const after = process.hrtime.bigint();
    const at = BigInt(edge?.at.monoNs ?? 0);
    said.push([edge?.level, edge?.missed, before <= at && at <= after, await input.read()]);
  }
  await input.close();
  return said;
}

/** A contact that bounces, then stands: what is told, and whether that was only when it had stood long enough. */
export async function debounced({ gpio, chip, line }: Dock) {
  const debounceMs = 500;
  chip.pull(1, false);
  const input = await gpio.input(line(1), { debounceMs });
  const bounce = (to: boolean): void => {
    for (let i = 0; i < 20; i++) chip.pull(1, i % 2 === 0 ? to : !to);
    chip.pull(1, to);
  };
  const said: unknown[] = [];
  for (const to of [true, false]) {
    bounce(to);
    const stands = process.hrtime.bigint();
    const [edge] = await take(input, 1);
    // A tick of the kernel's timer of play.
    said.push([edge?.level, edge && edge.at.monoNs - Number(stands) > (debounceMs - 20) * 1e6]);
  }
  await input.close();
  return said;
}

/** A pulse that is over before it was looked at, then an edge that stays: whether the first that is told is that one. */
export async function overBeforeSeen({ gpio, chip, line }: Dock) {
  chip.pull(1, false);
  const input = await gpio.input(line(1));
  chip.pull(1, true);
  chip.pull(1, false);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = Number(process.hrtime.bigint());
  chip.pull(1, true);
  const [first] = await take(input, 1);
  await input.close();
  return { level: first?.level, isTheSecond: (first?.at.monoNs ?? 0) >= before };
}

/** A reader that waits ends at the close; after it the line is free again. */
export async function closed({ gpio, line }: Dock) {
  const input = await gpio.input(line(1));
  const reading = take(input, 1);
  const again = await outcome(() => gpio.input(line(1)));
  await input.close();
  const ended = await reading;
  const next = await gpio.input(line(1));
  const level = await outcome(() => next.read());
  await next.close();
  await next.close();
  return { again, ended, level: typeof level };
}

/** Every chip of the box is gone and comes again, with a reader waiting, an output on and an input. */
export async function gone({ gpio, chip, line }: Dock) {
  const input = await gpio.input(line(1));
  const output = await gpio.output(line(5), { initial: true });
  const reading = outcome(() => take(input, 1));
  chip.leave();
  const kind = (said: unknown): unknown => (said as { fault?: string } | undefined)?.fault ?? said;
  const said = {
    edges: kind(await reading),
    read: kind(await outcome(() => input.read())),
    write: kind(await outcome(() => output.write(false))),
    readBack: kind(await outcome(() => output.read())),
    request: kind(await outcome(() => gpio.input(line(3)))),
  };
  await input.close();
  await output.close();
  chip.come();
  chip.pull(1, true);
  const again = await gpio.input(line(1));
  const level = await again.read();
  await again.close();
  return { ...said, again: level };
}
