/** `fieldpost fleet apply DIR`: what the folder says is what the boxes are told, and nothing where they were told that already. */
import path from 'node:path';
import { openFleetStore } from '../../core/adapters/rollouts.sqlite.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { KnownBox } from '../../core/ports/rollouts.ts';
import type { Desired } from '../../core/twin/desired.ts';
import { twinTopicOf } from '../../core/wire/topics.ts';
import { type BrokerPlace, retainedAt, withBroker } from './broker.ts';
import { boxesIn, boxTopics, type SeenBox } from './seen.ts';
import { believed, nextVersion, signContent } from './sign.ts';
import { openSigning, type Signing } from './signing.ts';
import { type Content, changesOf, contentIn, contentKey, readWanted, type WantedBox } from './wanted.ts';

export interface ApplyOptions extends BrokerPlace {
  readonly folder: string;
  readonly by: string;
  readonly key: readonly string[];
  readonly dryRun: boolean;
  readonly models: string;
  /** Only boxes that carry all of these. */
  readonly label: readonly string[];
}

export interface Applied {
  readonly box: string;
  /** `held`: a rollout that goes on has it in hand. */
  readonly is: 'same' | 'told' | 'would be told' | 'held';
  readonly version: number;
  readonly changes: readonly string[];
}

/** Errors: Fault; nothing was told then, or the message says to whom. */
export async function applyFleet(dir: string, options: ApplyOptions): Promise<readonly Applied[]> {
  const { folder, by, key, dryRun, models, label } = options;
  const { site, boxes } = await readWanted(dir, models);
  const signing = openSigning(folder, site, by, key);
  const seen = boxesIn(await retainedAt(options, boxTopics(site)));
  const store = openFleetStore(path.join(folder, 'fleet.db'));
  try {
    const held = store.held();
    const found = boxes
      .filter(({ labels }) => label.every((one) => labels.includes(one)))
      .map((box) => judged(box, seen.get(box.name), { signing, known: store.box(box.name), in: held.get(box.name) }));
    if (dryRun)
      return found.map(({ labels: _, content: __, is, ...one }) => ({
        ...one,
        is: is === 'told' ? 'would be told' : is,
      }));
    for (const { box, labels } of found) store.setBox({ name: box, labels, version: 0 });
    const telling = found.filter(({ is }) => is === 'told');
    if (telling.length > 0)
      await withBroker(options, [], async (broker) => {
        for (const { box, version, changes, labels, content } of telling) {
          // The number first: one that was given away unused costs nothing, one that is given twice is refused by the box.
          store.setBox({ name: box, labels, version });
          const text = signContent(signing, box, version, content);
          await broker.publish(twinTopicOf(site, box, 'desired'), text, { retain: true });
          store.note({ box, what: `apply ${version}`, why: changes.join('; ') }, by, Date.now());
        }
      });
    return found.map(({ labels: _, content: __, ...one }) => one);
  } finally {
    store.close();
  }
}

interface Standing {
  readonly signing: Signing;
  readonly known: KnownBox;
  /** The rollout that has it in hand. */
  readonly in: string | undefined;
}

interface Judged extends Applied {
  readonly labels: readonly string[];
  readonly content: Content;
}

function judged({ name: box, labels, content }: WantedBox, seen: SeenBox | undefined, at: Standing): Judged {
  let before: Desired | null = null;
  const forged: string[] = [];
  try {
    before = believed(seen, at.signing);
  } catch (error) {
    if (!isFault(error)) throw error;
    forged.push(`${error.message}; it is replaced`);
  }
  const is = before && contentIn(before);
  const changes = [...forged, ...changesOf(is, content)];
  const one = { box, labels, content, changes, version: before?.version ?? 0 };
  if (is ? contentKey(is) === contentKey(content) : changes.length === 0) return { ...one, is: 'same', changes: [] };
  if (at.in !== undefined) return { ...one, is: 'held', changes: [`in the rollout ${at.in}`] };
  return { ...one, is: 'told', version: nextVersion(seen, at.known.version) };
}

export const appliedAsText = (found: readonly Applied[]): readonly string[] =>
  found.length === 0
    ? ['no box carries these labels']
    : found.flatMap(({ box, is, version, changes }) => [
        `${box}: ${is}${version > 0 ? `, version ${version}` : ''}`,
        ...changes.map((one) => `  ${one}`),
      ]);
