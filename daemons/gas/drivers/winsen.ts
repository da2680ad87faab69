/** Winsen ZE and MH modules on a UART at 9600 8N1: 9-byte frames, asked for or sent by themselves each second. */
import * as z from 'zod';
import { winsenCommand, winsenFrames } from '../../core/codecs/winsen.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { heard } from '../../core/flow/heard.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { SerialLine } from '../../core/ports/serial.ts';

const readCommand = winsenCommand(0x01, 0x86);
const askMode = winsenCommand(0x01, 0x78, 0x41);
const activeMode = winsenCommand(0x01, 0x78, 0x40);
/** Byte 1 of an answer; in active mode it is the gas or a fixed type, by the model. */
const answerCode = 0x86;
/** Byte 1 of what answers a change of mode. */
const modeCode = 0x78;
const slipped =
  'the module speaks by itself and does not answer: it has lost its mode (its power was cut); it is set to answers again';
const foreign = 'what the module sends by itself is not of the kind that the board file gives';

const config = onDemand(() =>
  z.strictObject({
    mode: z.enum(['ask', 'active']).describe('ask: question and answer; active: the module speaks each second'),
    channel: z.string().regex(/^[a-z0-9-]{1,32}$/),
    unit: z.string().min(1).max(16),
    scale: z.number().positive().describe('by the manual of the model: value = scale * (256 * high + low)'),
    range: z.tuple([z.number(), z.number()]),
    highByte: z
      .int()
      .min(1)
      .max(7)
      .optional()
      .describe('position of the high byte; 2 when asked, 4 in active mode if absent'),
    kind: z
      .int()
      .min(0)
      .max(255)
      .optional()
      .describe('byte 1 of the frames that the model sends by itself, by its manual: others are not its values'),
    warmUpS: z.int().min(0).max(3600).describe('seconds after power-on before the value counts'),
    timeoutMs: z
      .int()
      .min(50)
      .max(10_000)
      .default(1500)
      .describe('milliseconds for a frame; in active mode more than the second between two'),
  }),
);
type Config = z.infer<typeof config>;

/** One frame to a value. */
export function decode(frame: Uint8Array, options: Config, warm: boolean): Sample {
  const at = options.highByte ?? (options.mode === 'ask' ? 2 : 4);
  const value = options.scale * (((frame[at] ?? 0) << 8) | (frame[at + 1] ?? 0));
  const outside = value < options.range[0] || value > options.range[1];
  return {
    channel: options.channel,
    value,
    flags: [...(outside ? (['out-of-range'] as const) : []), ...(warm ? [] : (['warming-up'] as const))],
  };
}

/** Whether a sound frame holds the value: the answer when asked, the module's own kind in active mode. */
const isValue = ({ 1: code }: Uint8Array, { mode, kind }: Config): boolean =>
  mode === 'ask' ? code === answerCode : kind === undefined ? code !== answerCode && code !== modeCode : code === kind;

const channels = ({ channel, unit, range, scale }: Config): Channel[] => [
  { name: channel, unit, range, resolution: scale },
];

interface Listening {
  readonly line: SerialLine;
  readonly clock: Clock;
  readonly options: Config;
}

/**
 * The newest frame within the time that the options give, however much noise there is. Errors: Fault `checksum` when only
 * broken frames came, `protocol` when a module that is to be asked speaks by itself or frames are of another kind, `timeout`.
 */
async function receive({ line, clock, options }: Listening): Promise<Uint8Array> {
  const { mode, timeoutMs } = options;
  const giveUpNs = clock.now().monoNs + timeoutMs * 1e6;
  let rest: Uint8Array = new Uint8Array(0);
  let wrong: Fault | null = null;
  for (;;) {
    const leftMs = (giveUpNs - clock.now().monoNs) / 1e6;
    const more = await heard(line, Math.max(leftMs, 0));
    if (more !== null) {
      const scan = winsenFrames(Uint8Array.from([...rest, ...more]));
      rest = scan.rest;
      const frame = scan.frames.findLast((one) => isValue(one, options));
      if (frame) return frame;
      if (scan.frames.length > 0) wrong = new Fault('protocol', mode === 'ask' ? slipped : foreign);
      else if (scan.broken) wrong ??= new Fault('checksum', 'a frame came whose checksum is wrong');
    }
    // What had come before the time was over has been read by now.
    if (more === null || leftMs <= 0) throw wrong ?? new Fault('timeout', `no frame came within ${timeoutMs} ms`);
  }
}

export const winsen: DriverModule<'serial', Config> = {
  part: 'winsen',
  port: 'serial',
  config,
  channels,
  // Opened again after a fault, so a module that lost its power gets its mode again and its warm-up counts anew.
  open: async (port, options, clock) => {
    const warmNs = clock.now().monoNs + options.warmUpS * 1e9;
    await port.transact((line) => line.write(options.mode === 'ask' ? askMode : activeMode));
    let lookedNs = clock.now().monoNs;
    return {
      channels: channels(options),
      read: () =>
        port.transact(async (line) => {
          // A frame that waited for longer than one takes to come is old news, if its module still lives at all.
          const stale = clock.now().monoNs - lookedNs > options.timeoutMs * 1e6;
          if (options.mode === 'ask' || stale) line.discard();
          if (options.mode === 'ask') await line.write(readCommand);
          const frame = await receive({ line, clock, options });
          lookedNs = clock.now().monoNs;
          return [decode(frame, options, lookedNs >= warmNs)];
        }),
    };
  },
};
