/** What every central store must do when telemetry and events are folded: the same tests against each, with a post that signs. */
import test, { type ExecutionContext } from 'ava';
import { findBrokenLink, hasBody, linkHash } from '../../daemons/core/evidence/chain.ts';
import { verifyBundle } from '../../daemons/core/evidence/verify.ts';
import type { Archive } from '../../daemons/core/ports/archive.ts';
import type { Arrival } from '../../daemons/core/ports/records.ts';
import { type RetentionPolicy, retain, usualRetention } from '../../daemons/core/records/retention.ts';
import { decodeTelemetry } from '../../daemons/core/telemetry/decode.ts';
import type { Envelope } from '../../daemons/core/values/envelope.ts';
import type { Stores } from './retention-contract.ts';
import { bundleOf, type Post, signedPost } from './signed-post.ts';

export interface ChainStores extends Stores {
  readonly archive: Archive;
}

const dayMs = 86_400_000;
const nowMs = 1_800_000_000_000;
/** The recorded plume takes minutes, so what an alert needs before it is seconds. */
const policy: RetentionPolicy = { ...usualRetention, leadMs: 3000 };
const arrivalsOf = ({ texts }: Post): Arrival[] =>
  [...texts.event, ...texts.tele, ...texts.alert].map((text) => ({
    site: 'north',
    text,
    envelope: JSON.parse(text) as Envelope,
  }));

export function chainsContract(name: string, open: (t: ExecutionContext) => Promise<ChainStores>): void {
  // One for all: what it said is only read.
  let made: Promise<Post> | null = null;
  test.after.always(async () => (await made)?.remove());
  const posted = async (t: ExecutionContext) => {
    const stores = await open(t);
    made ??= signedPost();
    const post = await made;
    const arrivals = arrivalsOf(post);
    await stores.records.commit(arrivals, nowMs);
    const { spool } = (arrivals[0] as Arrival).envelope;
    const read = async (stream: 'event' | 'tele'): Promise<readonly string[]> =>
      (await stores.archive.read({ device: post.device, spool, stream }, 1, 1e6)).map(({ text }) => text);
    return { ...stores, post, arrivals, read };
  };
  const bodies = (texts: readonly string[]): number => texts.filter(hasBody).length;

  test(`${name}: telemetry and routine events go after 30 days, gathered to whole pages, and every link stays`, async (t) => {
    const { records, retention, archive, post, arrivals, read } = await posted(t);
    t.is((await retain(retention, policy, nowMs + 31 * dayMs - 1)).folded, 0);
    const { folded } = await retain(retention, policy, nowMs + 31 * dayMs + 1);
    const tele = await read('tele');
    t.is(bodies(tele), 0);
    t.true(folded > tele.length);
    for (const stream of ['event', 'tele'] as const) {
      const kept = await read(stream);
      t.is(findBrokenLink(kept), null);
      t.deepEqual(kept.map(linkHash), post.texts[stream].map(linkHash));
    }
    // A seal is a signature, and a record in force is named by alerts that come later.
    const types = (await read('event')).filter(hasBody).map((text) => JSON.parse(text).body.type as string);
    t.deepEqual([...new Set(types)].sort(), ['calibration-in-force', 'config-in-force', 'identity-in-force', 'seal']);
    const { device, spool } = JSON.parse(tele[0] as string) as Envelope;
    t.deepEqual(await archive.ends({ device, spool, stream: 'tele' }), { first: 1, last: tele.length });
    t.deepEqual([await archive.spools(device), await archive.spools('nobody')], [[spool], []]);
    t.is((await archive.events(device, 'config-in-force', 10)).length, 1);

    t.is((await retain(retention, policy, nowMs + 33 * dayMs)).folded, 0);
    // A box that sends it once more is told that it came; another text under a number of a page is a conflict.
    t.deepEqual(new Set(await records.commit(arrivals, nowMs)), new Set(['duplicate']));
    const other = (post.texts.tele[1] as string).replace(/"salt":"../, '"salt":"zz');
    const twin: Arrival = { site: 'north', text: other, envelope: JSON.parse(other) as Envelope };
    t.deepEqual(await records.commit([twin], nowMs), ['conflict']);
    t.deepEqual(await records.commit([twin], nowMs), ['duplicate']);
  });

  test(`${name}: what answers for an alert that is held stays to the byte, and goes when it is lifted`, async (t) => {
    const { retention, archive, post, read } = await posted(t);
    const before = await bundleOf(post, archive);
    const verdict = verifyBundle(before, { heads: [post.texts.event.at(-1) as string] });
    t.deepEqual([verdict.ok, verdict.problems], [true, []]);
    const held = post.alerts.find(({ kind }) => kind === 'vapour')?.id ?? '';
    const hold = {
      name: 'c1',
      kind: 'contest',
      by: 'op-17',
      reason: 'disputed',
      fromMs: nowMs,
      untilMs: null,
    } as const;
    await retention.hold({ ...hold, alert: held, lifted: null });
    const { folded } = await retain(retention, policy, nowMs + 40 * dayMs);
    t.true(folded > 0);
    t.true(bodies(await read('tele')) > 0);
    t.true(bodies(await read('tele')) < post.texts.tele.length);
    t.is(await bundleOf(post, archive), before);
    t.is((await retain(retention, policy, nowMs + 50 * dayMs)).folded, 0);

    await retention.lift('c1', 'op-3', nowMs + 60 * dayMs);
    await retain(retention, policy, nowMs + 61 * dayMs);
    t.is(bodies(await read('tele')), 0);
    t.is(findBrokenLink(await read('tele')), null);
    // A bundle that was made before answers for itself.
    t.true(verifyBundle(before).ok);
  });

  test(`${name}: other events go after their own time, and records that an alert may name never`, async (t) => {
    const { retention, read, records, post } = await posted(t);
    const before = (await read('event')).length;
    const fault = JSON.parse(post.texts.event.at(-1) as string) as Envelope<'event'>;
    const said: Envelope<'event'> = {
      ...{ ...fault, seq: before + 1, prev: linkHash(post.texts.event.at(-1) as string) },
      body: { ...fault.body, type: 'sensor-absent', detail: {} },
    };
    await records.commit([{ site: 'north', text: JSON.stringify(said), envelope: said }], nowMs);
    const typesAfter = async (days: number): Promise<string[]> => {
      await retain(retention, policy, nowMs + days * dayMs);
      return (await read('event')).filter(hasBody).map((text) => JSON.parse(text).body.type as string);
    };
    t.true((await typesAfter(300)).includes('sensor-absent'));
    const late = await typesAfter(402);
    t.false(late.includes('sensor-absent'));
    t.true(late.includes('config-in-force'));
    t.is(findBrokenLink(await read('event')), null);
  });

  test(`${name}: of each day and quantity stay the number of values, the lowest, the highest and the mean`, async (t) => {
    const { retention, post } = await posted(t);
    t.deepEqual(await retention.days(post.device), []);
    await retain(retention, policy, nowMs + 40 * dayMs);
    const values = post.texts.tele
      .flatMap((text) => decodeTelemetry((JSON.parse(text) as Envelope<'tele'>).body).measurements)
      .filter(({ quantity, value }) => quantity === 'ammonia' && value !== null)
      .map(({ value }) => value as number);
    const days = (await retention.days(post.device)).filter(({ quantity }) => quantity === 'ammonia');
    t.is(
      days.reduce((n, one) => n + one.values, 0),
      values.length,
    );
    t.is(Math.max(...days.map(({ high }) => high ?? 0)), Math.max(...values));
    t.is(Math.min(...days.map(({ low }) => low ?? 0)), Math.min(...values));
    const sum = days.reduce((total, one) => total + one.sum, 0);
    t.true(Math.abs(sum - values.reduce((total, one) => total + one, 0)) < 1e-6);
    // A page is folded once, so nothing is counted again.
    await retain(retention, policy, nowMs + 50 * dayMs);
    t.deepEqual(
      (await retention.days(post.device)).filter(({ quantity }) => quantity === 'ammonia'),
      days,
    );
  });
}
