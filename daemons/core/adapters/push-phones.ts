/** Phones that are woken by web push, in the central store by its address. */
import { hashOf } from '../access/secrets.ts';
import { offerKey, type Shelf } from '../ports/accounts.ts';
import type { PushPhones } from '../ports/push-phones.ts';
import type { PushOffer, PushPhone } from '../values/push-phone.ts';
import { shelfIn } from './access.sqlite.ts';
import { isPostgresUrl } from './postgres.url.ts';
import { openRecordsFile } from './records.sqlite.file.ts';

const offeredBy = '(dispatcher)';
const remove = (): readonly [null, null] => [null, null];

/** Errors: Fault `config`, `absent`; SQLite's own for a file that cannot be opened. */
export async function openPushPhonesAt(where: string): Promise<PushPhones> {
  if (isPostgresUrl(where)) {
    const { openPostgresPush } = await import('./access.postgres.ts');
    const { phones, offers, close } = await openPostgresPush(where);
    return pushPhones(phones, offers, close);
  }
  const file = openRecordsFile(where, 10_000);
  const close = async (): Promise<void> => file.db.close();
  return pushPhones(shelfIn(file, 'phone'), shelfIn(file, 'offer'), close);
}

function pushPhones(phones: Shelf<PushPhone>, offers: Shelf<PushOffer>, close: () => Promise<void>): PushPhones {
  const drop = async ({ endpoint, p256dh }: PushPhone): Promise<void> => {
    // A browser that subscribed anew in the meantime has other keys.
    await phones.change(hashOf(endpoint), (one) => [one.p256dh === p256dh ? null : one, null]);
  };
  return {
    of: async (unit, nowMs) => {
      const all = await phones.all();
      for (const one of all) if (one.untilMs <= nowMs) await drop(one);
      return all.filter((one) => one.unit === unit && one.untilMs > nowMs);
    },
    drop,
    offer: async (what) => {
      const taken = what && (await offers.change(offerKey, () => [what, true]));
      if (what && !taken) await offers.add(offerKey, offeredBy, what);
      if (what) return;
      await offers.change(offerKey, remove);
      for (const one of await phones.all()) await drop(one);
    },
    close,
  };
}
