import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { openEmail } from '../../../daemons/core/adapters/notifier.email.ts';
import { type FaultKind, isFault } from '../../../daemons/core/ports/fault.ts';
import type { Notice, Notifier, Sent } from '../../../daemons/core/ports/notifier.ts';
import { noticeOf } from '../../support/notices.ts';
import { sitePki } from '../../support/site-pki.ts';

const never = new AbortController().signal;
const outcome = (way: Notifier, notice: Notice, signal = never): Promise<Sent | FaultKind> =>
  way.send(notice, signal).catch((error: unknown) => {
    if (!isFault(error)) throw error;
    return error.kind;
  });
const notice = noticeOf({ to: 'unit-1@example.org', title: 'Аммиак', text: 'Site north.' });

async function mailServer(t: ExecutionContext, options: SMTPServerOptions) {
  const letters: {
    readonly from: string;
    readonly to: readonly string[];
    readonly text: string;
    readonly secure: boolean;
  }[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disableReverseLookup: true, logger: false },
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (some: Buffer) => {
        text += some.toString('utf8');
      });
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({
          ...{ from: mailFrom ? mailFrom.address : '', to: rcptTo.map((one) => one.address), text },
          secure: session.secure,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { letters, port: (server.server.address() as AddressInfo).port };
}

async function certificates(t: ExecutionContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-mail-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const pki = await sitePki(path.join(folder, 'pki'));
  const own = await pki.server(path.join(folder, 'server'));
  const pem = (name: string): Buffer => readFileSync(path.join(own, name));
  return { ca: pki.authority, cert: pem('server.crt'), key: pem('server.key') };
}

const base = { host: '127.0.0.1', from: 'Fieldpost <centre@example.org>' } as const;

for (const security of ['starttls', 'tls'] as const)
  test(`a letter goes by ${security} with a login: a link and no place, in plain text, the same again under the same name`, async (t) => {
    const { ca, cert, key } = await certificates(t);
    const { letters, port } = await mailServer(t, {
      ...{ secure: security === 'tls', cert, key, authOptional: false },
      onAuth: ({ username, password }, _session, done) =>
        username === 'centre' && password === 'pass word' ? done(null, { user: 'centre' }) : done(new Error('no')),
    });
    const way = openEmail({ ...base, port, security, ca, login: { user: 'centre', password: 'pass word' } });
    t.is(await outcome(way, notice), 'sent');
    t.is(await outcome(way, notice), 'sent');
    const [first, second] = letters;
    t.like(first, { from: 'centre@example.org', to: ['unit-1@example.org'], secure: true });
    t.regex(first?.text ?? '', /^Subject: =\?UTF-8\?/m);
    t.regex(first?.text ?? '', /^Auto-Submitted: auto-generated/im);
    t.regex(first?.text ?? '', /^Importance: high/im);
    t.regex(first?.text ?? '', /https:\/\/centre\.example\/patrol\/#a-1/);
    t.notRegex(first?.text ?? '', /text\/html/);
    const nameOf = (text = '') => /^Message-ID: (.*)$/im.exec(text)?.[1];
    t.is(nameOf(first?.text), nameOf(second?.text));
    t.regex(nameOf(first?.text) ?? '', /@example\.org>$/);
    const wrong = openEmail({ ...base, port, security, ca, login: { user: 'centre', password: 'x' } });
    t.is(await outcome(wrong, notice), 'refused');
    t.is(await outcome(openEmail({ ...base, port, security }), notice), 'absent');
    t.is(letters.length, 2);
  });

test('a server that offers no STARTTLS gets nothing, and letters in the clear go to this machine alone', async (t) => {
  const { letters, port } = await mailServer(t, { disabledCommands: ['STARTTLS', 'AUTH'] });
  t.true(['absent', 'refused'].includes(await outcome(openEmail({ ...base, port, security: 'starttls' }), notice)));
  t.is(letters.length, 0);
  t.is(await outcome(openEmail({ ...base, port, security: 'plain' }), notice), 'sent');
  t.throws(() => openEmail({ ...base, host: 'mail.example', port: 25, security: 'plain' }), {
    message: /must be tls or starttls/,
  });
});

test('an address that is refused, and a server that is away, are Faults; one that falls silent with the letter in its hands is not known', async (t) => {
  const refuse = (_: unknown, __: unknown, done: (error: Error) => void) =>
    done(Object.assign(new Error('no such user'), { responseCode: 550 }));
  const { port } = await mailServer(t, { disabledCommands: ['STARTTLS', 'AUTH'], onRcptTo: refuse as never });
  t.is(await outcome(openEmail({ ...base, port, security: 'plain' }), notice), 'refused');
  const stop = new AbortController();
  const silent = await mailServer(t, {
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream) => void stream.on('data', () => {}).on('end', () => stop.abort()),
  });
  t.is(await outcome(openEmail({ ...base, port: silent.port, security: 'plain' }), notice, stop.signal), 'unsure');
  t.is(await outcome(openEmail({ ...base, port: 1, security: 'plain' }), notice), 'absent');
});

test('no word of a notice becomes a header or a further address', async (t) => {
  const { letters, port } = await mailServer(t, { disabledCommands: ['STARTTLS', 'AUTH'] });
  const way = openEmail({ ...base, port, security: 'plain' });
  const bad = noticeOf({
    to: 'unit-1@example.org',
    title: 'x\r\nBcc: evil@example.org',
    text: '.\r\nRCPT TO:<evil@example.org>',
  });
  t.is(await outcome(way, bad), 'sent');
  t.deepEqual(letters[0]?.to, ['unit-1@example.org']);
  t.notRegex(letters[0]?.text ?? '', /^Bcc:/im);
});
