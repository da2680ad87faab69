/** Any analyzer that says its values in lines of text, asked for or by itself: the pattern of a line is in the board file. */
import * as z from 'zod';
import { type LineTemplate, lineTemplate, matchLine } from '../../core/codecs/line-template.ts';
import { checkXor } from '../../core/codecs/nmea.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import type { SerialLine } from '../../core/ports/serial.ts';
import { textLines } from '../text-line.ts';

const config = onDemand(() =>
  z
    .strictObject({
      pattern: z
        .string()
        .min(1)
        .max(200)
        .describe('a line, with {channel} where its number stands and {} where anything may: "CO {co} ppm {}"'),
      ask: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .describe('what is sent for each reading, with its line end: "R1\\r\\n"'),
      take: z
        .enum(['newest', 'every'])
        .default('newest')
        .describe(
          'of an analyzer that speaks by itself: the newest line at each look, or every line that came since the last',
        ),
      check: z
        .enum(['none', 'xor'])
        .default('none')
        .describe(
          'xor: a line ends in * and two hexadecimal digits, the XOR of what stands before (a leading $ apart)',
        ),
      gaps: z
        .array(z.string().min(1).max(16))
        .max(8)
        .default([])
        .describe('words in the place of a missing number: "---"'),
      timeoutMs: z
        .int()
        .min(20)
        .max(60_000)
        .default(2000)
        .describe('milliseconds for a line; of an analyzer that speaks by itself more than the time between two'),
      longest: z.int().min(8).max(512).default(160).describe('characters of the longest line'),
      channels: z
        .array(
          z.strictObject({
            name: z.string().regex(/^[a-z0-9-]{1,32}$/),
            unit: z.string().min(1).max(16),
            range: z.tuple([z.number(), z.number()]).describe('possible values in that unit; others are flagged'),
            resolution: z.number().nonnegative().default(0).describe('smallest step of the value in that unit'),
          }),
        )
        .min(1)
        .max(16),
    })
    .refine(({ ask, take }) => ask === undefined || take === 'newest', {
      path: ['take'],
      error: 'must be newest where the analyzer is asked: one question has one answer',
    })
    .superRefine(({ pattern, channels: used }, context) => {
      try {
        const names = new Set(lineTemplate(pattern).names);
        const missing = used.filter(({ name }) => !names.delete(name)).map(({ name }) => name);
        if (missing.length > 0)
          context.addIssue({
            code: 'custom',
            path: ['pattern'],
            message: `pattern has no place for ${missing.join(', ')}`,
          });
        if (names.size > 0)
          context.addIssue({
            code: 'custom',
            path: ['pattern'],
            message: `pattern names ${[...names].join(', ')}, which is no channel here`,
          });
      } catch (error) {
        if (!isFault(error)) throw error;
        context.addIssue({ code: 'custom', path: ['pattern'], message: error.message });
      }
    }),
);
type Config = z.infer<typeof config>;

/** What comes before the check, after holding it to it. */
function checked(line: string): string {
  const star = line.lastIndexOf('*');
  if (star < 0) throw new Fault('protocol', `a line without a check: ${JSON.stringify(line.slice(0, 80))}`);
  const text = line.slice(0, star).replace(/^\$/, '');
  checkXor(text, line.slice(star + 1).trim());
  return text;
}

/** One line to values. Errors: Fault `protocol` for a line that does not fit the pattern, `checksum`. */
export function decode(line: string, template: LineTemplate, { channels, gaps, check }: Config): Sample[] {
  const found = matchLine(template, check === 'xor' ? checked(line) : line, gaps);
  if (!found) throw new Fault('protocol', `a line that does not fit the pattern: ${JSON.stringify(line.slice(0, 80))}`);
  return channels.map(({ name, range: [low, high] }) => {
    const value = found.get(name) ?? null;
    if (value === null || !Number.isFinite(value)) return { channel: name, value: null, flags: ['not-a-number'] };
    return { channel: name, value, flags: value < low || value > high ? ['out-of-range'] : [] };
  });
}

const channels = (options: Config): Channel[] => options.channels.map((one) => ({ ...one }));

export const asciiLine: DriverModule<'serial', Config> = {
  part: 'ascii-line',
  port: 'serial',
  config,
  channels,
  open: async (port, options, clock) => {
    const template = lineTemplate(options.pattern);
    const lines = textLines({ ...options, clock });
    const parse = (text: string): Sample[] => decode(text, template, options);
    /** A broken line among others is a gap in its place. */
    const parseOrGap = (text: string): readonly Sample[] => {
      try {
        return parse(text);
      } catch (error) {
        if (!isFault(error)) throw error;
        const flag = error.kind === 'config' ? 'refused' : error.kind;
        return options.channels.map(({ name }) => ({ channel: name, value: null, flags: [flag] }));
      }
    };
    const { ask, take } = options;
    const look = async (line: SerialLine): Promise<readonly Sample[]> => {
      if (take === 'every') return (await lines.every(line, parseOrGap)).flat();
      return ask === undefined ? lines.newest(line, parse) : lines.answer(line, ask, parse);
    };
    return { channels: channels(options), read: () => port.transact(look) };
  },
};
