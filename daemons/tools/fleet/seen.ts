/** What the broker retains of a site's boxes, read. */
import { type Health, parseHealth } from '../../core/fleet/health.ts';
import { isFault } from '../../core/ports/fault.ts';
import { parseSigned, type Signed } from '../../core/release/signed.ts';
import type { Seen } from '../../core/rollout/step.ts';
import { type Desired, parseDesired } from '../../core/twin/desired.ts';
import { parseReported, type Reported } from '../../core/twin/reported.ts';
import { parseStatus } from '../../core/wire/messages.ts';
import { everyDevice, everyTwin, parseTopic, parseTwinTopic } from '../../core/wire/topics.ts';

export interface SeenBox {
  readonly device: string;
  readonly online: boolean;
  readonly desired: Desired | null;
  /** As it was signed; who signs anything after it looks at the signature first. */
  readonly signed: Signed | null;
  readonly reported: Reported | null;
  readonly health: Health | null;
  /** What stands there and cannot be read. */
  readonly troubles: readonly string[];
}

export const boxTopics = (site: string): string[] => [
  ...everyDevice(['status']).map((topic) => topic.replace('/+/', `/${site}/`)),
  ...everyTwin(site, ['desired', 'reported', 'health']),
];

const fresh = (device: string): SeenBox => ({
  device,
  online: false,
  desired: null,
  signed: null,
  reported: null,
  health: null,
  troubles: [],
});

/** Takes one message in; what is of no box of ours changes nothing. */
export function heard(boxes: Map<string, SeenBox>, topic: string, text: string): void {
  const parts = parseTwinTopic(topic) ?? parseTopic(topic);
  if (!parts) return;
  const { site, device } = parts;
  const before = boxes.get(device) ?? fresh(device);
  try {
    boxes.set(device, { ...before, ...read(parts, text, { site, device }) });
  } catch (error) {
    if (!isFault(error)) throw error;
    const what = 'side' in parts ? `twin/${parts.side}` : parts.kind;
    boxes.set(device, { ...before, troubles: [...before.troubles.slice(-4), `${what}: ${error.message}`] });
  }
}

function read(
  parts: NonNullable<ReturnType<typeof parseTwinTopic> | ReturnType<typeof parseTopic>>,
  text: string,
  self: { readonly site: string; readonly device: string },
): Partial<SeenBox> {
  if ('kind' in parts) return parts.kind === 'status' ? { online: parseStatus(text).status === 'online' } : {};
  if (parts.side === 'reported') return { reported: parseReported(text) };
  if (parts.side === 'health') return { health: parseHealth(text) };
  const signed = parseSigned(text);
  return { signed, desired: parseDesired(signed, self) };
}

export function boxesIn(messages: ReadonlyMap<string, string>): ReadonlyMap<string, SeenBox> {
  const boxes = new Map<string, SeenBox>();
  for (const [topic, text] of messages) heard(boxes, topic, text);
  return new Map([...boxes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export const seenOf = (box: SeenBox | undefined): Seen => ({
  online: box?.online ?? false,
  desired: box?.desired?.version ?? 0,
  reported: box?.reported ?? null,
});
