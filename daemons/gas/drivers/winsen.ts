/** Winsen ZE and MH modules on a UART at 9600 8N1: 9-byte frames, asked for or sent by themselves each second. */
import { z } from 'zod';
import { winsenCommand, winsenFrames } from '../../core/codecs/winsen.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import type { SerialLine } from '../../core/ports/serial.ts';

const readCommand = winsenCommand(0x01, 0x86);
const askMode = winsenCommand(0x01, 0x78, 0x41);
const activeMode = winsenCommand(0x01, 0x78, 0x40);
/** Byte 1 of an answer; in active mode it is the gas or a fixed type, so only answers are held to it. */
const answerCode = 0x86;

const config = z.strictObject({
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
  warmUpS: z.int().min(0).max(3600).describe('seconds after power-on before the value counts'),
  timeoutMs: z.int().min(50).max(10_000).default(1000),
});
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

const channels = ({ channel, unit, range, scale }: Config): Channel[] => [
  { name: channel, unit, range, resolution: scale },
];

async function receive(line: SerialLine, { mode, timeoutMs }: Config): Promise<Uint8Array> {
  let rest = new Uint8Array(0);
  let broken = false;
  for (;;) {
    const more = await line.read(timeoutMs).catch((error: unknown) => {
      if (broken && isFault(error) && error.kind === 'timeout')
        throw new Fault('checksum', 'a frame came whose checksum is wrong');
      throw error;
    });
    const scan = winsenFrames(Uint8Array.from([...rest, ...more]));
    broken ||= scan.broken;
    rest = Uint8Array.from(scan.rest);
    // The newest counts; in question-and-answer mode only an answer does.
    const frame = scan.frames.findLast((one) => mode === 'active' || one[1] === answerCode);
    if (frame) return frame;
  }
}

export const winsen: DriverModule<'serial', Config> = {
  part: 'winsen',
  port: 'serial',
  config,
  channels,
  open: async (port, options, clock) => {
    const warmNs = clock.now().monoNs + options.warmUpS * 1e9;
    await port.transact((line) => line.write(options.mode === 'ask' ? askMode : activeMode));
    return {
      channels: channels(options),
      read: () =>
        port.transact(async (line) => {
          if (options.mode === 'ask') {
            line.discard();
            await line.write(readCommand);
          }
          return [decode(await receive(line, options), options, clock.now().monoNs >= warmNs)];
        }),
    };
  },
};
