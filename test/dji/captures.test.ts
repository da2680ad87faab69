/** Whole conversations, message by message, and all that becomes of them. They are written from DJI's documentation, not recorded. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type { Output } from '../../daemons/dji/state.ts';
import { byHand, dayMs, setupOf } from './documented.ts';

const folder = path.join(import.meta.dirname, 'captures');

interface Line {
  /** Seconds after the beginning, when it came. */
  readonly s: number;
  readonly topic?: string;
  /** `sent` is seconds after the beginning, in the place of a timestamp. */
  readonly message?: Readonly<Record<string, unknown>> & { readonly sent?: number };
  /** Or a text as it came. */
  readonly text?: string;
}

/** An output as a line that a person can check. */
function short(output: Output): string | null {
  switch (output.is) {
    case 'event':
      return `${output.event.severity} ${output.event.type}: ${output.event.message}`;
    case 'feed': {
      const rounded = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toFixed(5)) : value);
      const { kind, monoNs, ...rest } = output.told;
      return `feed ${kind} of ${(monoNs / 1e9 - 1000).toFixed(1)} s ${JSON.stringify(rest, (_key, value) => rounded(value))}`;
    }
    case 'readings':
      return `readings ${output.readings.map(({ sensor, channel, value }) => `${sensor}/${channel} ${value}`).join(', ')}`;
    case 'reply':
      return `reply ${output.topic} ${output.text}`;
    case 'raw':
      return null;
  }
}

for (const name of readdirSync(folder)) {
  test(`${name}: what is told, fed, read and answered is what is expected`, (t) => {
    const file = (one: string): string => path.join(folder, name, one);
    const [first = '', ...lines] = readFileSync(file('capture.jsonl'), 'utf8').trimEnd().split('\n');
    const header = JSON.parse(first) as {
      readonly written: string;
      readonly wiring: Readonly<Record<string, unknown>>;
    };
    t.regex(header.written, /from the documentation, not recorded/);
    const hand = byHand(setupOf(header.wiring));
    const got: string[] = [];
    for (const line of lines) {
      const { s, topic, message, text } = JSON.parse(line) as Line;
      const { sent, ...rest } = message ?? {};
      const payload =
        text ?? JSON.stringify({ ...rest, ...(sent === undefined ? {} : { timestamp: dayMs + sent * 1000 }) });
      const outputs = topic === undefined ? hand.input({ is: 'tick' }, s) : hand.bytes(topic, payload, s);
      got.push(...outputs.map(short).flatMap((one) => (one === null ? [] : [`${s} ${one}`])));
    }
    // Written anew by hand: FIELDPOST_WRITE_EXPECTED=1, and then read.
    if (process.env.FIELDPOST_WRITE_EXPECTED === '1') writeFileSync(file('expected.txt'), `${got.join('\n')}\n`);
    t.deepEqual(got, readFileSync(file('expected.txt'), 'utf8').trimEnd().split('\n'));
  });
}
