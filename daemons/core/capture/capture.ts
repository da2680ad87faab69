/** A capture: what passed between a driver and its port, operation by operation, as JSON lines. */
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';

const faultKind = z.enum(['nack', 'timeout', 'checksum', 'protocol', 'absent', 'refused', 'config']);
const hex = z.string().regex(/^([0-9a-f]{2})*$/, 'lower-case hexadecimal, two digits a byte');

/** The first line: which part, with which options, on which kind of port, and when. Fields not named here are kept. */
const headerShape = z.looseObject({
  v: z.literal(1),
  part: z.string().min(1),
  sensor: z.string().min(1),
  port: z.enum(['i2c', 'serial']),
  options: z.record(z.string(), z.unknown()),
  boot: z.string(),
  startedMs: z.number(),
  /** Monotonic ns at the start: what orders captures of one box that ran side by side. */
  startedNs: z.number().default(0),
});

/** Every further line: `t` is the end of the operation, in ns after the start of the capture. */
const operationShape = z.looseObject({
  t: z.number().min(0),
  /** write, read, discard; `open` is a serial line that could not be opened. */
  op: z.enum(['w', 'r', 'discard', 'open']),
  /** I2C address. */
  a: z.int().min(0).max(127).optional(),
  /** Bytes written or read. */
  d: hex.optional(),
  /** Bytes asked for (I2C). */
  n: z.int().min(1).max(255).optional(),
  fault: faultKind.optional(),
});

export type CaptureHeader = z.infer<typeof headerShape>;
export type Operation = Readonly<z.infer<typeof operationShape>>;
export interface Capture {
  readonly header: CaptureHeader;
  readonly operations: readonly Operation[];
}
/** Takes one line of a capture, without its newline. */
export type CaptureSink = (line: string) => void;

/**
 * Reads a capture file's text. A last line that a power cut left without its newline is passed over.
 * Errors: Fault `config` naming the file and the line.
 */
export function parseCapture(file: string, text: string): Capture {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const header = parseLine(file, 1, lines[0] ?? '', headerShape);
  const operations: Operation[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line !== '') operations.push(parseLine(file, i + 1, line, operationShape));
  }
  return { header, operations };
}

function parseLine<T>(file: string, number: number, line: string, shape: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Fault('config', `${file}:${number}: no JSON: ${line.slice(0, 60)}`, error);
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Fault('config', `${file}:${number}: ${why}`);
}

/** What is recorded of one operation besides its time and its outcome. */
export type Asked = Pick<Operation, 'op' | 'a' | 'd' | 'n'>;

/** An operation in words, for a reader who compares what was asked with what was recorded. */
export function describeOperation({ op, a, d, n }: Asked): string {
  const at = a === undefined ? '' : ` at 0x${a.toString(16)}`;
  if (op === 'w') return `write ${d ?? ''}${at}`;
  if (op === 'r') return n === undefined ? `read${at}` : `read of ${n} bytes${at}`;
  return op;
}
