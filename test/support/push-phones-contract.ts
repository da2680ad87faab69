/** What both stores must do alike with phones that are woken by web push. */
import test, { type ExecutionContext } from 'ava';
import { hashOf } from '../../daemons/core/access/secrets.ts';
import { openAccessAt } from '../../daemons/core/adapters/access.ts';
import { openPushPhonesAt } from '../../daemons/core/adapters/push-phones.ts';
import { offerKey } from '../../daemons/core/ports/accounts.ts';
import type { PushPhone } from '../../daemons/core/values/push-phone.ts';

export const samplePhone = (name: string, news: Partial<PushPhone> = {}): PushPhone => ({
  ...{ endpoint: `https://push.example/${name}`, p256dh: 'B', auth: 'A', account: 'pa-1', unit: 'red-1', session: 's' },
  ...{ addedMs: 1, untilMs: 1000, ...news },
});

/** `where`: a fresh store, and what a dispatcher calls it by, with its own rights. */
export function pushPhonesContract(
  name: string,
  where: (t: ExecutionContext) => Promise<{ readonly owner: string; readonly dispatcher: string }>,
): void {
  test(`${name}: phones of a unit are found while their session lasts, dropped when gone, and an offer stands or is withdrawn`, async (t) => {
    const { owner, dispatcher } = await where(t);
    const { accounts, close } = await openAccessAt(owner);
    const phones = await openPushPhonesAt(dispatcher);
    t.teardown(async () => {
      await phones.close();
      await close();
    });
    const add = (one: PushPhone) => accounts.phones.add(hashOf(one.endpoint), one.account, one);
    const [a, b, other, old] = [
      samplePhone('a'),
      samplePhone('b', { account: 'pa-2' }),
      samplePhone('c', { unit: 'red-2' }),
      samplePhone('d', { untilMs: 500 }),
    ];
    for (const one of [a, b, other, old]) t.true(await add(one));
    const found = async (unit: string) => (await phones.of(unit, 500)).map(({ endpoint }) => endpoint).sort();
    t.deepEqual(await found('red-1'), [a.endpoint, b.endpoint]);
    t.is((await accounts.phones.all()).length, 3, 'one whose session is over is forgotten');
    await phones.drop({ ...a, p256dh: 'of before it subscribed anew' });
    t.deepEqual(await found('red-1'), [a.endpoint, b.endpoint]);
    await phones.drop(a);
    t.deepEqual(await found('red-1'), [b.endpoint]);
    await accounts.phones.dropOf('pa-2');
    t.deepEqual(await found('red-1'), []);
    t.deepEqual(await found('red-2'), [other.endpoint]);
    const offer = { publicKey: 'K', hosts: ['push.example'] };
    await phones.offer(offer);
    await phones.offer({ ...offer, hosts: ['*.push.example'] });
    t.deepEqual(await accounts.offers.read(offerKey), { publicKey: 'K', hosts: ['*.push.example'] });
    await phones.offer(null);
    t.is(await accounts.offers.read(offerKey), null);
    t.deepEqual(await accounts.phones.all(), [], 'nobody is woken by a centre that does not do it');
  });
}
