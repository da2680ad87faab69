import test, { type ExecutionContext } from 'ava';
import type { Browser, Page as Tab } from 'playwright-core';
import { addAccount, inviteFirst } from '../../daemons/console/access/mint.ts';
import { buildPage } from '../../daemons/console/web/build.ts';
import { totpAt } from '../../daemons/core/access/totp.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openBrowser } from '../support/chromium.ts';
import { openConsole } from '../support/console.ts';
import { goodPassword, openLogin } from '../support/login.ts';
import { needs } from '../support/needs.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { sidewaysOf, violationsOf } from './axe.ts';
import { openPage, takePicture, until } from './browser.ts';

const walk = needs('chromium', 'the login in a browser') ? test.serial : test.serial.skip;
let browser: Browser;

test.before(async () => {
  browser = await openBrowser('none');
});
test.after.always(() => browser?.close());

async function openSite(t: ExecutionContext) {
  const login = openLogin(systemClock());
  const records = memoryRecords();
  await records.commit([alertArrival(sampleAlert('a1'), 1)], Date.now());
  const server = await openConsole(records, { page: await buildPage(), access: login.access });
  t.teardown(() => server.stop());
  return { login, server };
}

const secretOn = async (tab: Tab): Promise<string> =>
  (await tab.locator('code.secret').innerText()).replaceAll(/\s/g, '');

/** From a one-time link to the alerts; gives the secret of the second factor. */
async function enrolOn(tab: Tab): Promise<string> {
  const secret = await secretOn(tab);
  await tab.getByLabel('Password').fill(goodPassword);
  await tab.getByLabel('Six digits').fill(totpAt(secret, Date.now()));
  await tab.getByRole('button', { name: 'Done' }).click();
  await tab.getByRole('button', { name: 'I have written them down' }).click();
  return secret;
}

async function statePurpose(tab: Tab): Promise<void> {
  await tab.getByLabel('Purpose').fill('shift watch');
  await tab.getByLabel('Case number').fill('S-12');
  await tab.getByRole('button', { name: 'Go on' }).click();
}

walk(
  'the first supervisor comes in by the link, says why, invites another, leaves, and comes in again with two factors',
  async (t) => {
    const { login, server } = await openSite(t);
    const first = await inviteFirst(login.store.accounts, Date.now());
    const { page: tab } = await openPage(t, browser, server.url);
    await tab.getByText('There is no account yet').waitFor();
    t.deepEqual(await violationsOf(tab), []);
    await tab.goto('about:blank');
    await tab.goto(`${server.url}/#first=${first?.link}`);
    await tab.getByLabel('Password').waitFor();
    t.deepEqual(await violationsOf(tab), []);
    const secret = await enrolOn(tab);
    t.is(await tab.locator('[data-alert="a1"]').count(), 0);
    t.deepEqual(await violationsOf(tab), []);
    await statePurpose(tab);
    await tab.locator('#pane-alerts [data-alert="a1"]').waitFor();
    await tab.locator('#tab-people').click();
    await tab.getByRole('button', { name: 'New account' }).click();
    await tab.locator('dialog').getByLabel('Role').selectOption('patrol');
    await tab.locator('dialog').getByLabel('Unit').fill('patrol-3');
    await tab.locator('dialog').getByRole('button', { name: 'New account' }).click();
    await until(async () =>
      /\/#first=.{43}$/.test(await tab.getByRole('textbox', { name: 'One-time link' }).inputValue()),
    );
    await tab.locator('dialog').getByRole('button', { name: 'Cancel' }).click();
    await tab.locator('.acts').getByText('invited').first().waitFor();
    await tab.getByRole('button', { name: 'Check the chain' }).click();
    await tab.getByText(/^Whole: all \d+ lines/).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.emulateMedia({ colorScheme });
      t.deepEqual(await violationsOf(tab), [], colorScheme);
    }
    t.log(await takePicture(tab, 'people'));
    const name = first?.account.id ?? '';
    await tab.getByRole('button', { name: 'Log out' }).click();
    await tab.getByLabel('Id, for example').fill(name);
    await tab.getByLabel('Password').fill('not the password');
    await tab.getByRole('button', { name: 'Log in', exact: true }).click();
    await tab.locator('.login .ack-failed[role="alert"]').filter({ hasText: /\S/ }).waitFor();
    await tab.setViewportSize({ width: 320, height: 640 });
    t.true((await sidewaysOf(tab)) <= 0);
    t.log(await takePicture(tab, 'login'));
    // The code of this half minute is used up: the next one is good already.
    await tab.getByLabel('Password').fill(goodPassword);
    await tab.getByLabel('Six digits of your app').fill(totpAt(secret, Date.now() + 30_000));
    await tab.getByRole('button', { name: 'Log in', exact: true }).click();
    await statePurpose(tab);
    await tab.locator('#pane-alerts [data-alert="a1"]').waitFor();
  },
);

walk('what a role may not do is not offered: a patrol has its own alerts and nothing else', async (t) => {
  const { login, server } = await openSite(t);
  const made = await addAccount(login.store.accounts, { role: 'patrol', unit: 'patrol-3' }, 'centre', Date.now());
  const { page: tab } = await openPage(t, browser, `${server.url}/#first=${made?.link}`);
  await tab.getByLabel('Password').waitFor();
  await enrolOn(tab);
  await statePurpose(tab);
  await tab.getByText('Nothing has been reported').waitFor();
  t.deepEqual(await tab.locator('.tab:visible').allInnerTexts(), ['Alerts', 'Access']);
  await tab.locator('#tab-people').click();
  await tab.getByRole('button', { name: 'Log out' }).waitFor();
  t.is(await tab.getByRole('button', { name: 'New account' }).count(), 0);
  t.is(await tab.getByText('Who looked at what').isVisible(), false);
});

for (const [locale, said] of [
  ['ru', 'Имя, пароль или код неверны.'],
  ['kk', 'Атау, құпиясөз немесе код қате.'],
] as const)
  walk(`in ${locale} a refusal is said in that language alone, by its code`, async (t) => {
    const { login, server } = await openSite(t);
    await inviteFirst(login.store.accounts, Date.now());
    const { page: tab } = await openPage(t, browser, server.url, { locale });
    await tab.locator('#login-name').fill('op-1');
    await tab.locator('#login-password').fill('not the password');
    await tab.locator('.login .button-primary').click();
    const line = tab.locator('.login .ack-failed[role="alert"]').filter({ hasText: /\S/ });
    await line.waitFor();
    t.is(await line.innerText(), said);
  });
