/** Phones of patrols that let themselves be woken by web push. What they are reached by goes into the store and never out of here again. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hashOf } from '../../core/access/secrets.ts';
import { absoluteMs } from '../../core/access/session.ts';
import { available, type Bucket, bucket, filled, spent } from '../../core/flow/bucket.ts';
import { offerKey } from '../../core/ports/accounts.ts';
import { whyNoEndpoint } from '../../core/push/host.ts';
import { whyNoKeys } from '../../core/push/seal.ts';
import type { PushPhone } from '../../core/values/push-phone.ts';
import { needs } from './actor.ts';
import type { Entering } from './enter.ts';
import { asked, refused } from './refused.ts';
import { phoneOff, phoneOn } from './shapes.ts';

/** Of one person: a phone, its browser after it was set up anew, and a second one. The oldest goes. */
const mostPhones = 4;
/** Of one person, a second; a page says it once at its start. */
const perS = 0.2;
const atOnce = 10;

export function addPhones(app: FastifyInstance, { accounts, clock, sessions, tell }: Entering): void {
  const { phones, offers } = accounts;
  const buckets = new Map<string, Bucket>();
  const nowMs = (): number => clock.now().wallMs;
  const own = needs('alerts.read-own');

  const caller = async (request: FastifyRequest) => {
    const known = await sessions.known(request);
    const { account, session, key } = known ?? {};
    if (account?.role === 'patrol' && account.unit !== null && session && key) return { account, session, key };
    throw refused(
      403,
      'only a patrol of a unit, logged in, has a phone that is woken',
      'a login of a patrol; no token',
    );
  };

  const isTooOften = (account: string): boolean => {
    const ms = clock.now().monoNs / 1e6;
    const now = filled(buckets.get(account) ?? bucket(perS, ms, atOnce), perS, ms, atOnce);
    buckets.set(account, available(now) > 0 ? spent(now, 1) : now);
    return available(now) === 0;
  };
  const limited = async (request: FastifyRequest, reply: FastifyReply) => {
    const one = await caller(request);
    if (!isTooOften(one.account.id)) return one;
    reply.header('retry-after', '5');
    throw refused(429, 'too often', 'once at the start of a page; try again in 5 s');
  };

  app.get('/api/phones', own, async () => ({ publicKey: (await offers.read(offerKey))?.publicKey ?? null }));

  app.post('/api/phones', own, async (request, reply) => {
    const { account, session, key } = await limited(request, reply);
    const { endpoint, keys } = asked(phoneOn, request.body);
    const offer = await offers.read(offerKey);
    if (!offer) throw refused(409, 'the centre wakes no phones by web push', 'ways.web-push of dispatch.yaml');
    const against = whyNoEndpoint(endpoint, offer.hosts) ?? whyNoKeys(keys);
    if (against)
      throw refused(400, against, 'a subscription as the browser gave it, of a push service that is allowed');
    const phone: PushPhone = {
      ...{ endpoint, ...keys, account: account.id, unit: account.unit ?? '', session: session.name },
      ...{ addedMs: nowMs(), untilMs: session.startedMs + absoluteMs },
    };
    const before = await phones.read(hashOf(endpoint));
    // Its owner may be another one, who had this phone before.
    await phones.change(hashOf(endpoint), () => [null, null]);
    await phones.add(hashOf(endpoint), account.id, { ...phone, addedMs: before?.addedMs ?? phone.addedMs });
    await keepNewest(account.id);
    // Somebody who was cut off in this very moment has no phone left.
    if (!(await accounts.sessions.read(key))) {
      await phones.dropOf(account.id);
      throw refused(401, 'nobody is logged in', 'POST /api/login');
    }
    if (before?.account !== account.id)
      await tell(account.id, 'account', `${account.id}: a phone is woken through ${new URL(endpoint).host}`);
    return { on: true, untilMs: phone.untilMs };
  });

  app.post('/api/phones/off', own, async (request, reply) => {
    const { account } = await limited(request, reply);
    const { endpoint } = asked(phoneOff, request.body);
    const was = await phones.change(hashOf(endpoint), (one) =>
      one.account === account.id ? [null, true] : [one, false],
    );
    if (was) await tell(account.id, 'account', `${account.id}: a phone is woken no more`);
    return { on: false };
  });

  async function keepNewest(account: string): Promise<void> {
    const mine = (await phones.all()).filter((one) => one.account === account);
    const old = mine.sort((a, b) => b.addedMs - a.addedMs).slice(mostPhones);
    for (const { endpoint } of old) await phones.change(hashOf(endpoint), () => [null, null]);
  }
}
