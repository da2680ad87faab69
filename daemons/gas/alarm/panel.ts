/**
 * Sounder, beacon and relay: driven, and read back. What a line reads other than it was set is a fault, as is a line that cannot be
 * had; both are told once, tried again with every drive, and leave the other outputs alone. Nothing here waits for a disk.
 */
import type { AlarmSection } from '../../core/config/alarm.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { Gpio, GpioOutput } from '../../core/ports/gpio.ts';
import type { Outputs } from '../crew/safety.ts';

export type OutputName = 'sounder' | 'beacon' | 'relay';

export interface Panel {
  /** Sets the outputs and reads them back, after what was asked before. Never rejects: what fails is told. */
  drive(wanted: Outputs): Promise<void>;
  /** What is wrong with each output that is at fault, in words. */
  faults(): Readonly<Partial<Record<OutputName, string>>>;
  /** As they were read back last; null: not there, or not read yet. */
  seen(): Readonly<Partial<Record<OutputName, boolean | null>>>;
  /** Gives the lines back: the board pulls the relay to fallen. */
  close(): Promise<void>;
}

/** What an output is at before anything is known: nobody was watched yet, and nothing is heard for it. */
const atFirst: Readonly<Record<OutputName, boolean>> = { sounder: false, beacon: true, relay: false };
const levelOf = ({ sounder, beacon, relayEnergised }: Outputs): Readonly<Record<OutputName, boolean>> => ({
  sounder,
  beacon,
  relay: relayEnergised,
});

interface Line {
  readonly name: OutputName;
  readonly output: NonNullable<AlarmSection[OutputName]>;
  opened: GpioOutput | null;
  seen: boolean | null;
  fault: string | null;
}

/** `onChange`: an output begins to fail, with why, or is well again, with null. */
export function alarmPanel(
  section: AlarmSection,
  gpio: Gpio,
  onChange: (output: OutputName, fault: string | null) => void,
): Panel {
  const names: readonly OutputName[] = ['sounder', 'beacon', 'relay'];
  const lines = names.flatMap((name): Line[] => {
    const output = section[name];
    return output ? [{ name, output, opened: null, seen: null, fault: null }] : [];
  });

  const set = async (line: Line, level: boolean): Promise<string | null> => {
    try {
      line.opened ??= await gpio.output(line.output.line, {
        activeLow: line.output.activeLow,
        initial: atFirst[line.name],
      });
      await line.opened.write(level);
      line.seen = await line.opened.read();
      return line.seen === level ? null : `was set ${words(level)} and reads ${words(line.seen)}`;
    } catch (error) {
      if (!isFault(error)) throw error;
      line.seen = null;
      const gone = line.opened;
      line.opened = null;
      await gone?.close().catch(() => {});
      return error.message;
    }
  };
  const drive = async (wanted: Outputs): Promise<void> => {
    const levels = levelOf(wanted);
    for (const line of lines) {
      const fault = await set(line, levels[line.name]);
      const turned = (fault === null) !== (line.fault === null);
      line.fault = fault;
      if (turned) onChange(line.name, fault);
    }
  };

  let going: Promise<void> = Promise.resolve();
  let next: Outputs | null = null;
  return {
    drive: (wanted) => {
      // Of what piles up behind a slow line only the newest counts.
      if (next === null)
        going = going.then(async () => {
          const now = next ?? wanted;
          next = null;
          await drive(now);
        });
      next = wanted;
      return going;
    },
    faults: () => Object.fromEntries(lines.flatMap(({ name, fault }) => (fault === null ? [] : [[name, fault]]))),
    seen: () => Object.fromEntries(lines.map(({ name, seen }) => [name, seen])),
    close: async () => {
      await going;
      for (const { opened } of lines) await opened?.close().catch(() => {});
    },
  };
}

const words = (level: boolean): string => (level ? 'on' : 'off');
