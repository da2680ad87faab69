/** That secrets of authenticator apps lie sealed in a store, whichever it is: what a start does, and what a login then says. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sealsFor } from '../../daemons/console/access/sealed.ts';
import { isSealed } from '../../daemons/core/access/seals.ts';
import { totpAt } from '../../daemons/core/access/totp.ts';
import type { AccessStore } from '../../daemons/core/adapters/access.ts';
import { rotateSealKey, sealKeysIn } from '../../daemons/core/adapters/seals.files.ts';
import type { SealKeys } from '../../daemons/core/ports/seals.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { appOn, keptLog } from './console.ts';
import { callerOf, enrol, goodPassword, handClock, injecting, loginOn } from './login.ts';

interface Kept {
  /** The same store each time. */
  readonly open: () => Promise<AccessStore>;
  /** All that lies in the store, as whoever reads it has it. */
  readonly everything: () => Promise<string>;
  readonly write: (id: string, body: string) => Promise<void>;
}

/** A console that is started anew on the same store. */
async function started(t: ExecutionContext, { open }: Kept, keys: SealKeys | null, time = handClock()) {
  const store = await open();
  const log = keptLog();
  const seals = await sealsFor(keys, store.accounts, log);
  const login = loginOn(store, time.clock, { seals });
  const app = await appOn({ access: login.access, clock: time.clock });
  t.teardown(() => app.close());
  const send = injecting(app);
  const enter = (name: string, code: string, password = goodPassword) =>
    callerOf(send).call('POST', '/api/login', { name, password, code });
  const said = (level: string) => log.lines.filter((one) => one.level === level).map((one) => one.message);
  return { store, login, send, enter, said, join: () => enrol(login, send, 'operator', time.nowMs) };
}

export function sealedContract(name: string, kept: (t: ExecutionContext) => Promise<Kept>): void {
  const keysIn = (t: ExecutionContext): SealKeys => sealKeysIn(path.join(freshFolder(t), 'totp.key'));

  test(`${name}: no secret of an app lies in the store, and the app logs in after a start anew`, async (t) => {
    const [store, keys, time] = [await kept(t), keysIn(t), handClock()];
    const first = await started(t, store, keys, time);
    const { name: id, secret } = await first.join();
    t.true(secret.length >= 32);
    t.false((await store.everything()).includes(secret));
    t.true(isSealed((await first.store.accounts.people.read(id))?.totp?.secret ?? ''));
    time.pass(60_000);
    const again = await started(t, store, keys, time);
    t.is((await again.enter(id, totpAt(secret, time.nowMs()))).status, 200);
  });

  test(`${name}: what was kept open by the version before is sealed at the start, and once`, async (t) => {
    const [store, keys, time] = [await kept(t), keysIn(t), handClock()];
    const before = await started(t, store, null, time);
    t.deepEqual(before.said('warn'), ['secrets of authenticator apps are kept as they are']);
    const { name: id, secret } = await before.join();
    t.true((await store.everything()).includes(secret));
    const after = await started(t, store, keys, time);
    t.true(after.said('info').includes('secrets of authenticator apps were sealed'));
    t.false((await store.everything()).includes(secret));
    time.pass(60_000);
    t.is((await after.enter(id, totpAt(secret, time.nowMs()))).status, 200);
    t.deepEqual((await started(t, store, keys, time)).said('info'), []);
  });

  test(`${name}: a secret that was copied to another person or changed opens for nobody, and says so`, async (t) => {
    const [store, keys, time] = [await kept(t), keysIn(t), handClock()];
    const { join, enter, store: opened } = await started(t, store, keys, time);
    const [mine, victim] = [await join(), await join()];
    const [own, theirs] = [
      await opened.accounts.people.read(mine.name),
      await opened.accounts.people.read(victim.name),
    ];
    await store.write(victim.name, JSON.stringify({ ...theirs, totp: own?.totp }));
    time.pass(60_000);
    const refused = await enter(victim.name, totpAt(mine.secret, time.nowMs()));
    t.is(refused.status, 503);
    t.regex(refused.body.error.what, /authenticator apps cannot be checked/);
    t.is((await enter(victim.name, totpAt(mine.secret, time.nowMs()), 'not the password')).status, 401);
    t.is((await enter(mine.name, totpAt(mine.secret, time.nowMs()))).status, 200, 'nobody else is held up');
    t.is((await enter(victim.name, victim.recovery[0] ?? '')).status, 200, 'a recovery code needs no secret');
    t.true((await started(t, store, keys, time)).said('error').some((one) => /another key, or .* changed/.test(one)));
  });

  test(`${name}: without its key, or with another, a console starts, says so, and lets in who needs none`, async (t) => {
    const [store, keys, time] = [await kept(t), keysIn(t), handClock()];
    const { name: id, secret, recovery } = await (await started(t, store, keys, time)).join();
    rmSync(keys.where);
    time.pass(60_000);
    const missing = await started(t, store, keys, time);
    t.false(keys.isThere(), 'a new key would hide that the right one is missing');
    t.is(missing.said('error').length, 1);
    const refused = await missing.enter(id, totpAt(secret, time.nowMs()));
    t.is(refused.status, 503);
    t.false(refused.text.includes(keys.where), 'no path is told');
    t.is((await missing.enter(id, recovery[0] ?? '')).status, 200);
    await keys.make();
    const other = await started(t, store, keys, time);
    t.is(other.said('error').length, 1);
    t.is((await other.enter(id, totpAt(secret, time.nowMs()))).status, 503);
    t.is((await other.enter(id, recovery[1] ?? '')).status, 200);
    t.is((await other.join()).recovery.length, 10, 'who comes anew is sealed with the key that is there');
  });

  test(`${name}: a new key takes the place of the old while the console runs`, async (t) => {
    const [store, keys, time] = [await kept(t), keysIn(t), handClock()];
    const console = await started(t, store, keys, time);
    const { name: id, secret } = await console.join();
    const before = (await console.store.accounts.people.read(id))?.totp?.secret;
    await rotateSealKey(keys.where, async () => {
      await sealsFor(keys, (await store.open()).accounts, keptLog());
    });
    t.not((await console.store.accounts.people.read(id))?.totp?.secret, before);
    time.pass(60_000);
    t.is((await console.enter(id, totpAt(secret, time.nowMs()))).status, 200);
  });
}
