import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { deliveryIn, dispatchConfig } from '../../daemons/dispatch/config.ts';
import { openWays } from '../../daemons/dispatch/ways.ts';
import { waysSection } from '../../daemons/dispatch/ways-config.ts';
import { runningUntil } from '../support/console.ts';

function room(t: ExecutionContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-ways-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string, mode = 0o600): string => {
    writeFileSync(path.join(folder, name), text, { mode });
    return path.join(folder, name);
  };
  const open = (section: object) =>
    openWays(waysSection.parse(section), { ctx: runningUntil(new AbortController().signal), records: '' });
  const refused = async (section: object, words: RegExp): Promise<void> => {
    const error = await t.throwsAsync(open(section));
    t.true(isFault(error) && error.kind === 'config', String(error));
    t.regex(error?.message ?? '', words);
  };
  return { folder, file, open, refused };
}

test('each way that dispatch.yaml names is opened, with its secrets out of files', async (t) => {
  const { file, open } = room(t);
  const secret = file('secret', `${'s'.repeat(40)}\n`);
  const ways = await open({
    ntfy: { url: 'https://ntfy.example', token: file('token', 'tk_abc\n') },
    sms: {
      gateway: { url: 'https://sms.example/api', json: { to: ['{to}'] }, header: { name: 'access-token', secret } },
    },
    email: { host: 'mail.example', from: 'centre@example.org', user: 'centre', password: secret },
    webhook: { secret },
  });
  t.deepEqual([...ways.keys()].sort(), ['email', 'ntfy', 'sms', 'webhook']);
  for (const one of ways.values()) await one.close();
  const modem = await open({ sms: { modem: { path: '/dev/serial/by-id/none', report: true } } });
  t.deepEqual([...modem.keys()], ['sms']);
  await modem.get('sms')?.close();
  t.is((await open({})).size, 0);
});

test('what cannot be opened is refused by its key, and no secret is shown', async (t) => {
  const { file, refused } = room(t);
  const ntfy = (token: string) => ({ ntfy: { url: 'https://ntfy.example', token } });
  await refused(ntfy('/nowhere/token'), /ways\.ntfy\.token: \/nowhere\/token cannot be read \(ENOENT\)/);
  await refused(ntfy(file('open', 'tk_abc', 0o644)), /ways\.ntfy\.token: .*mode 644; must be 640 or 600/);
  await refused(ntfy(file('two', 'tk_abc\ntk_def')), /^(?!.*tk_).*several lines/);
  await refused(ntfy(file('none', '\n')), /holds nothing/);
  await refused({ ntfy: { url: 'http://ntfy.example' } }, /ways\.ntfy\.url .* must be https/);
  await refused({ webhook: { secret: file('short', 'abc') } }, /^(?!.*abc).*must have 32/);
  await refused({ sms: { modem: {} } }, /must have path or tcp/);
  await refused({ email: { host: 'mail.example', from: 'a@b', user: 'x' } }, /both user and password/);
  await refused({ email: { host: 'mail.example', from: 'a@b', security: 'plain' } }, /must be tls or starttls/);
  const gateway = { url: 'https://sms.example', form: { a: '{to}' } };
  await refused({ sms: { gateway: { ...gateway, accepted: '(' } } }, /ways\.sms\.gateway\.accepted/);
  for (const wrong of [
    { sms: {} },
    { sms: { gateway, modem: { path: '/dev/x' } } },
    { sms: { gateway: { url: 'https://sms.example' } } },
    { sms: { gateway: { ...gateway, json: {} } } },
    { ntfy: { url: 'file:///etc/passwd' } },
    { 'web-push': {} },
  ])
    t.throws(() => waysSection.parse(wrong), undefined, JSON.stringify(wrong));
});

test('the dispatch.yaml of README.md has no mistake', (t) => {
  const { folder, file } = room(t);
  const readme = readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8');
  const text = /```yaml\n# dispatch\.yaml\n([^`]*)```/.exec(readme)?.[1] ?? '';
  const ring = [
    [71, 51],
    [72, 51],
    [72, 52],
    [71, 51],
  ];
  const geometry = { type: 'Polygon', coordinates: [ring] };
  const area = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { name: 'range' }, geometry }] };
  file('north-range.geojson', JSON.stringify(area));
  const { rules } = deliveryIn(dispatchConfig.parse(parse(text)), path.join(folder, 'dispatch.yaml'));
  t.is(rules.length, 2);
});
