/**
 * Passkeys with Chromium's own WebAuthn and its virtual authenticator (CTAP 2, resident keys, user verification), at
 * http://localhost, which browsers hold to be secure. No vendor's key was ever tried.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { Browser, CDPSession, Page as Tab } from 'playwright-core';
import { addAccount } from '../../daemons/console/access/mint.ts';
import { buildPage } from '../../daemons/console/web/build.ts';
import { sealsWith } from '../../daemons/core/access/seals.ts';
import { openSqliteAccess } from '../../daemons/core/adapters/access.sqlite.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { goodPassword, handClock, loginOn } from '../support/login.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { openPage } from './browser.ts';

const walk = needs('chromium', 'passkeys in a browser') ? test.serial : test.serial.skip;
let browser: Browser;
test.before(async () => {
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

/** A key that can be taken away: passkeys need none. */
async function openSite(t: ExecutionContext) {
  const time = handClock(Date.now());
  let keys: readonly Buffer[] = [Buffer.alloc(32, 7)];
  const seals = sealsWith(() => keys);
  const login = loginOn(openSqliteAccess(':memory:'), time.clock, { seals });
  const records = memoryRecords();
  await records.commit([alertArrival(sampleAlert('a1'), 1)], Date.now());
  const server = await openConsole(records, { page: await buildPage(), access: login.access });
  t.teardown(() => server.stop());
  const url = server.url.replace('127.0.0.1', 'localhost');
  const loseSealKey = (): void => {
    keys = [];
  };
  return { ...time, login, url, loseSealKey };
}
type Site = Awaited<ReturnType<typeof openSite>>;

/** A tab with an authenticator of its own, and an account whose second factor is a passkey on it. */
async function joined(t: ExecutionContext, { login, url, nowMs }: Site) {
  const made = await addAccount(login.store.accounts, { role: 'operator' }, 'centre', nowMs());
  const { page: tab } = await openPage(t, browser, 'about:blank');
  const cdp = await tab.context().newCDPSession(tab);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await tab.goto(`${url}/#first=${made?.link}`);
  await tab.getByLabel('Password').fill(goodPassword);
  await tab.getByRole('button', { name: 'Use a passkey instead' }).click();
  await tab.getByRole('button', { name: 'I have written them down' }).click();
  await tab.getByLabel('Purpose').waitFor();
  return { tab, cdp, authenticatorId, id: made?.account.id ?? '' };
}

interface Sent {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the route answers.
  readonly body: any;
}
/** As a script of the page would ask. */
const post = (tab: Tab, path: string, body: unknown, method = 'POST'): Promise<Sent> =>
  tab.evaluate(
    async ([where, text, how]) => {
      const { csrf } = await (await fetch('/api/me')).json();
      const headers = { 'content-type': 'application/json', ...(csrf && { 'fieldpost-csrf': csrf }) };
      const answer = await fetch(where, { method: how, headers, body: text });
      return { status: answer.status, body: await answer.json() };
    },
    [path, JSON.stringify(body), method] as const,
  );
const enter = (tab: Tab, response: unknown) => post(tab, '/api/passkeys/login', { response });

/** What the authenticator signs of these options, on whatever page the tab is. */
const signed = (tab: Tab, options: unknown): Promise<Record<string, unknown>> =>
  tab.evaluate(async (asked) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked as PublicKeyCredentialRequestOptionsJSON);
    const made = await navigator.credentials.get({ publicKey });
    return made instanceof PublicKeyCredential ? made.toJSON() : null;
  }, options) as unknown as Promise<Record<string, unknown>>;
const question = async (tab: Tab): Promise<Record<string, unknown>> =>
  (await post(tab, '/api/passkeys/options', {})).body;
const answered = async (tab: Tab) => signed(tab, await question(tab));

const refusedLines = async ({ login }: Site): Promise<readonly string[]> =>
  (await login.store.audit.newest({ what: 'refused', limit: 20 })).map(({ about }) => about);

/** As a copy of the authenticator would count. */
async function turnBack(cdp: CDPSession, authenticatorId: string): Promise<void> {
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
  const [credential] = credentials;
  if (!credential) throw new Error('there is no passkey');
  await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId });
  await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount: 1 } });
}

walk('a passkey is made by the one-time link, and logs in by itself; without the key of seals too', async (t) => {
  const site = await openSite(t);
  const { tab, id } = await joined(t, site);
  const account = await site.login.store.accounts.people.read(id);
  t.like(account, { totp: null, keys: [{ name: 'first' }] });
  site.loseSealKey();
  await tab.context().clearCookies();
  await tab.goto(site.url);
  await tab.getByRole('button', { name: 'Log in with a passkey' }).click();
  await tab.getByLabel('Purpose').fill('shift watch');
  await tab.getByLabel('Case number').fill('S-12');
  await tab.getByRole('button', { name: 'Go on' }).click();
  await tab.locator('#pane-alerts [data-alert="a1"]').waitFor();
  const after = await site.login.store.accounts.people.read(id);
  t.true((after?.keys[0]?.counter ?? 0) > (account?.keys[0]?.counter ?? 0));
  t.is((await site.login.store.audit.newest({ what: 'login', limit: 1 }))[0]?.about, 'passkey first');
});

walk('an answer is good once, and for five minutes; and nothing is good that was not asked here', async (t) => {
  const site = await openSite(t);
  const { tab } = await joined(t, site);
  const response = await answered(tab);
  t.is((await enter(tab, response)).status, 200);
  t.is((await enter(tab, response)).status, 401, 'replayed');
  const late = await answered(tab);
  site.pass(300_001);
  t.is((await enter(tab, late)).status, 401, 'the question is over');
  const fresh = await answered(tab);
  site.pass(299_000);
  t.is((await enter(tab, fresh)).status, 200);
  const own = { ...(await question(tab)), challenge: Buffer.alloc(32, 1).toString('base64url') };
  t.is((await enter(tab, await signed(tab, own))).status, 401, 'a challenge of somebody else');
});

walk('what was signed for the page of another origin is refused, though it is the same host', async (t) => {
  const site = await openSite(t);
  const { tab } = await joined(t, site);
  const other = createServer((_request, answer) => answer.setHeader('content-type', 'text/html').end('<p>elsewhere'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.teardown(() => other.close());
  const asked = await question(tab);
  await tab.goto(`http://localhost:${(other.address() as AddressInfo).port}/`);
  const response = await signed(tab, asked);
  await tab.goto(site.url);
  t.is((await enter(tab, response)).status, 401);
  t.is((await enter(tab, await answered(tab))).status, 200, 'the same passkey at the right page');
});

walk('the passkey of one is not let in as another, and one that nobody verified is not let in at all', async (t) => {
  const site = await openSite(t);
  const [one, two] = [await joined(t, site), await joined(t, site)];
  const response = await answered(one.tab);
  const inner = response.response as Record<string, unknown>;
  const userHandle = Buffer.from(two.id).toString('base64url');
  t.is((await enter(one.tab, { ...response, response: { ...inner, userHandle } })).status, 401);
  const theirs = (await site.login.store.accounts.people.read(two.id))?.keys[0]?.id;
  const again = await answered(one.tab);
  const forged = { ...again, id: theirs, rawId: theirs, response: { ...(again.response as object), userHandle } };
  t.is((await enter(one.tab, forged)).status, 401, 'nor under the id of the other key');
  t.deepEqual(await refusedLines(site), [
    'passkey first: the answer does not hold',
    'a passkey that the account does not have',
  ]);
  await one.cdp.send('WebAuthn.setUserVerified', { authenticatorId: one.authenticatorId, isUserVerified: false });
  const asked = { ...(await question(one.tab)), userVerification: 'discouraged' };
  t.is((await enter(one.tab, await signed(one.tab, asked))).status, 401, 'a touch without PIN or finger');
});

walk('a passkey whose count goes back may be a copy: it is refused, and the log says so', async (t) => {
  const site = await openSite(t);
  const { tab, cdp, authenticatorId } = await joined(t, site);
  for (let n = 0; n < 3; n++) t.is((await enter(tab, await answered(tab))).status, 200);
  await turnBack(cdp, authenticatorId);
  t.is((await enter(tab, await answered(tab))).status, 401);
  t.deepEqual(await refusedLines(site), ['passkey first: its count went back, so there may be a copy of it']);
});

walk('a passkey that was removed lets nobody in, and the last one stays', async (t) => {
  const site = await openSite(t);
  const { tab, cdp, id } = await joined(t, site);
  const keysOf = async () => (await site.login.store.accounts.people.read(id))?.keys ?? [];
  const [first] = await keysOf();
  t.is((await post(tab, `/api/passkeys/${first?.id}`, {}, 'DELETE')).status, 409, 'it is the only second factor');
  // The one that is there excludes itself: another authenticator takes the second.
  const second = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'usb', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  const options = (await post(tab, '/api/passkeys/new', {})).body;
  const made = await tab.evaluate(async (asked) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked as PublicKeyCredentialCreationOptionsJSON);
    const credential = await navigator.credentials.create({ publicKey });
    return credential instanceof PublicKeyCredential ? credential.toJSON() : null;
  }, options);
  t.is((await post(tab, '/api/passkeys', { name: 'second', response: made })).status, 200);
  t.is(
    (await post(tab, '/api/passkeys', { name: 'again', response: made })).status,
    400,
    'a registration is good once',
  );
  t.deepEqual(
    (await keysOf()).map(({ name }) => name),
    ['first', 'second'],
  );
  await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: second.authenticatorId });
  const response = await answered(tab);
  t.is((await post(tab, `/api/passkeys/${first?.id}`, {}, 'DELETE')).status, 200);
  t.is((await enter(tab, response)).status, 401);
  t.deepEqual(await refusedLines(site), ['a passkey that the account does not have']);
  t.is((await keysOf()).length, 1);
});
