/** The lines of the dock, opened in a safe order: outputs off before anything is read, and off again before they are given back. */
import { turns } from '../core/flow/turns.ts';
import { type Fault, isFault } from '../core/ports/fault.ts';
import type { Gpio, GpioInput, GpioOutput } from '../core/ports/gpio.ts';
import type { DockWiring } from './config.ts';
import type { InputName, OutputName } from './line.ts';

export interface DockLines {
  /** What is to be off goes off before anything goes on. A line that fails ends them: nothing is switched on from then on. */
  drive(wanted: Readonly<Record<OutputName, boolean>>): Promise<void>;
  /** Null when a line cannot be read, which ends them. */
  readBack(): Promise<Readonly<Partial<Record<OutputName, boolean>>> | null>;
  /** Resolves with what went wrong first, or null when the lines were closed. */
  readonly ended: Promise<Fault | null>;
  close(): Promise<void>;
}

/** Errors: as `Gpio`. `onLevel` is called with each level as it stands, then with each edge. */
export async function openLines(
  gpio: Gpio,
  wiring: DockWiring,
  onLevel: (name: InputName, level: boolean) => void,
  onPulse: (atMs: number, count: number) => void = () => {},
): Promise<DockLines> {
  const outputs = new Map<OutputName, GpioOutput>();
  const inputs = new Map<InputName, GpioInput>();
  let cups: GpioInput | null = null;
  const off = async (): Promise<void> => {
    for (const output of outputs.values())
      await output.write(false).catch((error: unknown) => {
        // A chip that is gone takes no word any more; the hardware's own pull switches off.
        if (!isFault(error)) throw error;
      });
  };
  const close = async (): Promise<void> => {
    await off();
    for (const line of [...outputs.values(), ...inputs.values(), ...(cups ? [cups] : [])]) await line.close();
  };
  try {
    for (const [name, wired] of Object.entries(wiring.outputs)) {
      if (wired)
        outputs.set(name as OutputName, await gpio.output(wired.line, { activeLow: wired.activeLow, initial: false }));
    }
    const { anemometer, ...switches } = wiring.inputs;
    if (anemometer) cups = await gpio.input(anemometer.line, anemometer);
    for (const [name, wired] of Object.entries(switches))
      if (wired) inputs.set(name as InputName, await gpio.input(wired.line, wired));
    for (const [name, input] of inputs) onLevel(name, await input.read());
  } catch (error) {
    await close();
    throw error;
  }

  const { promise: ended, resolve: end } = Promise.withResolvers<Fault | null>();
  let failed = false;
  const fail = (error: unknown): void => {
    if (!isFault(error)) throw error;
    failed = true;
    end(error);
  };
  for (const [name, input] of inputs)
    void (async () => {
      try {
        for await (const { level } of input.edges()) onLevel(name, level);
        end(null);
      } catch (error) {
        fail(error);
      }
    })();

  const pulses = cups;
  if (pulses)
    void (async () => {
      try {
        // Two edges a pulse, of those that nobody took in time too.
        for await (const { level, at, missed } of pulses.edges())
          if (level) onPulse(at.monoNs / 1e6, 1 + Math.floor((missed ?? 0) / 2));
        end(null);
      } catch (error) {
        fail(error);
      }
    })();

  const inTurn = turns();
  const written = new Map<OutputName, boolean>([...outputs.keys()].map((name) => [name, false]));
  return {
    ended,
    drive: (wanted) =>
      inTurn(async () => {
        for (const level of [false, true])
          for (const [name, output] of outputs) {
            if (wanted[name] !== level || written.get(name) === level || (level && failed)) continue;
            // One that fails holds up no other that must go off.
            await output.write(level).then(() => written.set(name, level), fail);
          }
      }),
    readBack: async () => {
      const levels: Partial<Record<OutputName, boolean>> = {};
      try {
        for (const [name, output] of outputs) levels[name] = await output.read();
      } catch (error) {
        fail(error);
        return null;
      }
      return levels;
    },
    close,
  };
}
