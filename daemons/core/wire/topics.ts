/**
 * Topics: `fieldpost/v1/{site}/{device}/{kind}`. Names are small letters, digits and hyphens, 1 to 32 of them: a dot in
 * a topic drops the connection at NATS; a slash, + or # would be read by the broker. A `head` is retained for each spool, so
 * its topic ends in the spool's id.
 */
const prefix = 'fieldpost/v1';
export const namePattern = /^[a-z0-9-]{1,32}$/;

/** What a device says, and what is said to it; `head` beside them is said for each spool. */
export const plainKinds = ['alert', 'event', 'tele', 'birth', 'status', 'receipt', 'cmd'] as const;
export type PlainKind = (typeof plainKinds)[number];
const topicKinds = [...plainKinds, 'head'] as const;
export type TopicKind = (typeof topicKinds)[number];

export interface TopicParts {
  readonly site: string;
  readonly device: string;
  readonly kind: TopicKind;
}

/** Errors: RangeError for a name that no topic can carry; names are checked where they enter. */
export const topicOf = (site: string, device: string, kind: PlainKind): string => `${branchOf(site, device)}/${kind}`;

function branchOf(site: string, device: string): string {
  for (const name of [site, device])
    if (!namePattern.test(name))
      throw new RangeError(
        `"${name}" cannot be in a topic; must be small letters, digits and hyphens, 1 to 32 of them`,
      );
  return `${prefix}/${site}/${device}`;
}

/** Where the newest signed head of a spool is retained. */
export const headTopicOf = (site: string, device: string, spool: string): string =>
  `${branchOf(site, device)}/head/${spool}`;

/** What a box is to be, what it is, and how it is: all retained. */
const twinSides = ['desired', 'reported', 'health'] as const;
export type TwinSide = (typeof twinSides)[number];

export const twinTopicOf = (site: string, device: string, side: TwinSide): string =>
  `${branchOf(site, device)}/twin/${side}`;

/** The twins of every box of a site, as subscriptions. */
export const everyTwin = (site: string, sides: readonly TwinSide[]): string[] =>
  sides.map((side) => twinTopicOf(site, 'x', side).replace('/x/', '/+/'));

/** The twins of every box of every site, as subscriptions. */
export const twinsEverywhere: readonly string[] = twinSides.map((side) => `${prefix}/+/+/twin/${side}`);

/** How every box of every site is, as a subscription. */
export const everyHealth = `${prefix}/+/+/twin/health`;

/** Whose twin a topic is of, and which side; null for any other topic. */
export function parseTwinTopic(topic: string): { site: string; device: string; side: TwinSide } | null {
  const [root, version, site = '', device = '', twin, last, ...more] = topic.split('/');
  const side = twinSides.find((one) => one === last);
  if (`${root}/${version}/${twin}` !== `${prefix}/twin` || !side || more.length > 0) return null;
  return namePattern.test(site) && namePattern.test(device) ? { site, device, side } : null;
}

/** Every device's topics of these kinds, as subscriptions. */
export const everyDevice = (kinds: readonly TopicKind[]): string[] =>
  kinds.map((kind) => `${prefix}/+/+/${kind}${kind === 'head' ? '/+' : ''}`);

/** The parts of a topic of ours, or null for any other. */
export function parseTopic(topic: string): TopicParts | null {
  const [root, version, site = '', device = '', last, ...more] = topic.split('/');
  const kind = topicKinds.find((one) => one === last);
  if (`${root}/${version}` !== prefix || !kind || more.length !== (kind === 'head' ? 1 : 0)) return null;
  return namePattern.test(site) && namePattern.test(device) ? { site, device, kind } : null;
}

/** Whose branch a topic is in, readable or not; '' where no device is named. Cheap: asked of every message. */
export const deviceIn = (topic: string): string => topic.split('/', 4)[3] ?? '';
