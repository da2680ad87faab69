/** The topics of DESIGN: fieldpost/v1/{site}/{device}/{kind}. Pure text. */
const prefix = 'fieldpost/v1';
const nameShape = /^[a-z0-9-]{1,32}$/;

/** What a device says, and what is said to it. */
export const up = ['alert', 'event', 'tele', 'birth', 'status', 'reply'] as const;
export type TopicKind = (typeof up)[number] | 'receipt' | 'cmd';

export interface TopicParts {
  readonly site: string;
  readonly device: string;
  readonly kind: string;
}

export const topicOf = (site: string, device: string, kind: TopicKind): string => `${prefix}/${site}/${device}/${kind}`;

/** Every device's topics of these kinds, as subscriptions. */
export const everyDevice = (kinds: readonly TopicKind[]): string[] => kinds.map((kind) => `${prefix}/+/+/${kind}`);

/** The parts of a topic, or null when it is none of ours. */
export function parseTopic(topic: string): TopicParts | null {
  if (!topic.startsWith(`${prefix}/`) || topic.length > 128) return null;
  const [site = '', device = '', kind = '', ...more] = topic.slice(prefix.length + 1).split('/');
  return more.length === 0 && nameShape.test(site) && nameShape.test(device) && kind !== ''
    ? { site, device, kind }
    : null;
}
