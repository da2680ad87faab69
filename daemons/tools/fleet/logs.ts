/** `fieldpost fleet logs BOX`: a signed question to the box; its answer comes like every envelope, and is read from the centre's store. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { openArchiveAt } from '../../core/adapters/centre.ts';
import { askMs, askText } from '../../core/fleet/ask.ts';
import type { Archive } from '../../core/ports/archive.ts';
import { Fault } from '../../core/ports/fault.ts';
import { signText } from '../../core/release/signed.ts';
import type { Envelope } from '../../core/values/envelope.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';
import { topicOf } from '../../core/wire/topics.ts';
import { type BrokerPlace, withBroker } from './broker.ts';
import { withStore } from './rollout.ts';
import { openSigning } from './signing.ts';

export interface LogsOptions extends BrokerPlace {
  readonly site: string;
  readonly folder: string;
  readonly by: string;
  readonly key: readonly string[];
  readonly records: string;
  readonly daemon: string;
  readonly since: number;
  readonly most: number;
  readonly wait: number;
}

const lookMs = 500;

/** Errors: Fault `timeout` when the answer does not come in time; it comes to the store whenever the box is there. */
export async function boxLogs(box: string, options: LogsOptions): Promise<string> {
  const { site, folder, by, key, daemon, since, most, wait } = options;
  const { keys } = openSigning(folder, site, by, key);
  const id = randomUUID();
  const untilMs = Date.now() + askMs;
  const text = askText({ v: 1, ask: 'logs', site, device: box, id, by, untilMs, daemon, sinceS: since, mostKb: most });
  const archive = await openArchiveAt(options.records);
  try {
    await withBroker(options, [], (broker) =>
      broker.publish(topicOf(site, box, 'cmd'), JSON.stringify(signText('operator', text, keys))),
    );
    withStore(folder, (store) =>
      store.note({ box, what: `logs of ${daemon}`, why: `the last ${since} s` }, by, Date.now()),
    );
    for (const endMs = performance.now() + wait * 1000; performance.now() < endMs; ) {
      const found = await answerIn(archive, box, id);
      if (found !== null) return found;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  } finally {
    await archive.close();
  }
  throw new Fault(
    'timeout',
    `${site}/${box}: no answer within ${wait} s; the question is good for ${askMs / 60_000} minutes and only while the box is connected. An answer that comes later is an event of type logs in ${path.basename(options.records)}`,
  );
}

/** More than an answer has parts, of a few answers. */
const mostEvents = 50;

async function answerIn(archive: Archive, box: string, id: string): Promise<string | null> {
  const parts = new Map<number, string>();
  let all = 0;
  for (const { text } of await archive.events(box, 'logs', mostEvents)) {
    const { detail } = (parseEnvelope(text) as Envelope<'event'>).body;
    if (detail.id !== id) continue;
    parts.set(Number(detail.part), String(detail.text));
    all = Number(detail.parts);
  }
  if (all === 0 || parts.size < all) return null;
  return [...parts]
    .toSorted(([a], [b]) => a - b)
    .map(([, text]) => text)
    .join('');
}
