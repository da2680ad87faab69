import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { SerialPort } from 'serialport';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { openSmsModem } from '../../../daemons/core/adapters/notifier.sms-modem.ts';
import { openSerialLinux } from '../../../daemons/core/adapters/serial.linux.ts';
import { type SmsOutcome, sendByModem, usualTimes } from '../../../daemons/core/adapters/sms.modem.ts';
import { Fault, type FaultKind, isFault } from '../../../daemons/core/ports/fault.ts';
import { submitsOf } from '../../../daemons/core/sms/submit.ts';
import { goodManner, type Manner, memoryModem, phoned, writtenIn } from '../../support/gsm.ts';
import { needs } from '../../support/needs.ts';
import { noticeOf } from '../../support/notices.ts';

const to = '+77010000001';
async function sent(manner: Manner, { text = 'Ammonia', report = false }: { text?: string; report?: boolean } = {}) {
  const modem = memoryModem(manner);
  const pdus = submitsOf({ to, text, reference: 1, report });
  const outcome: SmsOutcome | FaultKind = await sendByModem(modem.serial, pdus, { clock: modem.clock, report }).catch(
    (error: unknown) => {
      if (!isFault(error)) throw error;
      return error.kind;
    },
  );
  return { outcome, modem };
}
const taken = { state: 'taken', delivered: null } as const;

test('a message is given to the modem in PDU mode, each part after the network took the one before', async (t) => {
  const { outcome, modem } = await sent(goodManner(), { text: 'Пары аммиака. '.repeat(8) });
  t.deepEqual(outcome, taken);
  const at = modem.commands.filter((one) => one.startsWith('AT'));
  t.deepEqual(at.slice(0, 7), ['AT', 'ATE0', 'AT+CMEE=1', 'AT+CPIN?', 'AT+CREG?', 'AT+CMGF=0', at[6] ?? '']);
  const lengths = at.filter((one) => one.startsWith('AT+CMGS=')).map((one) => Number(one.slice(8)));
  const parts = modem.commands
    .filter((one) => /^[0-9A-F]{20,}$/.test(one))
    .map((hex, i) => phoned(hex, lengths[i] ?? 0));
  t.is(parts.map((one) => one.text).join(''), 'Пары аммиака. '.repeat(8));
  t.deepEqual(
    parts.map(({ part }) => part?.n),
    [1, 2],
  );
});

test('echo, lines that nobody asked for, and answers in single bytes change nothing', async (t) => {
  const noisy: Manner = (command, body) => {
    const good = goodManner()(command, body).join('');
    return [...`${body ?? command}\r\r\n+CREG: 5\r\n\r\nRING\r\n\r\n+CMTI: "SM",3\r\n${good}`];
  };
  t.deepEqual((await sent(noisy)).outcome, taken);
});

test('a modem that finds the speed of the line at the second letter is asked again', async (t) => {
  let asked = 0;
  const late = goodManner((command) => (command === 'AT' && asked++ === 0 ? ['\u0000\ufffd'] : []));
  t.deepEqual((await sent(late)).outcome, taken);
  t.is(asked, 2);
});

test('a modem of LTE alone, which is registered for no circuits, sends; one that knows no LTE and is in no network does not', async (t) => {
  const none = '\r\n+CREG: 0,2\r\n\r\nOK\r\n';
  const lte = (said: string) => goodManner((one) => (one === 'AT+CREG?' ? [none] : one === 'AT+CEREG?' ? [said] : []));
  t.deepEqual((await sent(lte('\r\n+CEREG: 0,5\r\n\r\nOK\r\n'))).outcome, taken);
  t.is((await sent(lte('\r\nERROR\r\n'))).outcome, 'absent');
});

const refusals: readonly (readonly [string, Manner, FaultKind])[] = [
  ['says nothing', () => [], 'timeout'],
  ['asks for a PIN', goodManner((one) => (one === 'AT+CPIN?' ? ['\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n'] : [])), 'refused'],
  ['has no SIM', goodManner((one) => (one === 'AT+CPIN?' ? ['\r\n+CME ERROR: 10\r\n'] : [])), 'refused'],
  ['is in no network', goodManner((one) => (one === 'AT+CREG?' ? ['\r\n+CREG: 0,2\r\n\r\nOK\r\n'] : [])), 'absent'],
  ['knows no PDU mode', goodManner((one) => (one === 'AT+CMGF=0' ? ['\r\nERROR\r\n'] : [])), 'refused'],
  ['gives no prompt', goodManner((one) => (one.startsWith('AT+CMGS') ? ['\r\nhello\r\n'] : [])), 'timeout'],
  [
    'refuses the length',
    goodManner((one) => (one.startsWith('AT+CMGS') ? ['\r\n+CMS ERROR: 304\r\n'] : [])),
    'refused',
  ],
  ['the network refuses', goodManner((_, body) => (body === null ? [] : ['\r\n+CMS ERROR: 28\r\n'])), 'refused'],
  ['babbles', (one) => (one === 'AT' ? Array(40).fill('x'.repeat(1000)) : []), 'protocol'],
];
for (const [what, manner, kind] of refusals)
  test(`it surely did not go out where the modem ${what}: a Fault`, async (t) => {
    const { outcome } = await sent(manner);
    t.is(outcome, kind);
  });

test('where the message was given over and no word came back, nobody knows, and that is told', async (t) => {
  const mute = goodManner((_, body) => (body === null ? [] : ['\r\n']));
  t.is(((await sent(mute)).outcome as SmsOutcome).state, 'unsure');
  const nameless = goodManner((_, body) => (body === null ? [] : ['\r\nOK\r\n']));
  t.is(((await sent(nameless)).outcome as SmsOutcome).state, 'unsure');
});

const reportOf = (status: string): string =>
  `\r\n+CDS: 25\r\n0006070B917710000000F06290124130002162901241310021${status}\r\n`;
test('a status report says whether the phone has it; one before the answer counts, one of another message does not', async (t) => {
  const saying = (text: string) => goodManner((_, body) => (body === null ? [] : ['\r\n+CMGS: 7\r\n\r\nOK\r\n', text]));
  const report = async (manner: Manner) => (await sent(manner, { report: true })).outcome;
  t.deepEqual(await report(saying(reportOf('00'))), { state: 'taken', delivered: true });
  t.deepEqual(await report(saying(reportOf('46'))), { state: 'taken', delivered: false });
  t.deepEqual(await report(saying(reportOf('30') + reportOf('00'))), { state: 'taken', delivered: true });
  t.deepEqual(await report(saying(reportOf('00').replace('0607', '0608'))), taken);
  t.deepEqual(await report(goodManner()), taken);
  const early = goodManner((_, body) => (body === null ? [] : [`${reportOf('00')}\r\n+CMGS: 7\r\n\r\nOK\r\n`]));
  t.deepEqual(await report(early), { state: 'taken', delivered: true });
});

test('a line that was pulled and takes nothing more is a Fault, and is looked at, so that it is opened anew', async (t) => {
  let reads = 0;
  const line = {
    write: () => new Promise<void>(() => {}),
    read: async () => {
      reads += 1;
      throw new Fault('absent', 'unplugged');
    },
    discard: () => {},
  };
  const serial = { transact: <T>(work: (one: typeof line) => Promise<T>) => work(line), close: async () => {} };
  const pdus = submitsOf({ to, text: 'x', reference: 1, report: false });
  const times = { ...usualTimes, writeMs: 20 };
  const error = await t.throwsAsync(sendByModem(serial, pdus, { clock: systemClock(), report: false, times }));
  t.regex(error?.message ?? '', /takes nothing/);
  t.is(reads, 1);
});

const piece = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(
    '\r\nOK\r\n',
    '\r\nERROR\r\n',
    '> ',
    '\r\n+CMGS: 7\r\n',
    '+CDS: 25\r\n',
    '+CPIN: READY\r\nOK\r\n',
    '\r',
    '+CREG: 0,1\r\n',
  ),
);
test('whatever a modem says, it ends in an outcome or a Fault, in bounded time', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 30 }),
      fc.boolean(),
      async (answers, mixed) => {
        let n = 0;
        const wild: Manner = (command, body) => [
          ...(answers[n++ % Math.max(1, answers.length)] ?? []),
          ...(mixed ? goodManner()(command, body) : []),
        ];
        const { modem } = await sent(wild, { report: true });
        t.true(
          modem.passedMs <= 12 * usualTimes.commandMs + usualTimes.networkMs + usualTimes.reportMs,
          `${modem.passedMs}`,
        );
        t.true(modem.reads < 2000, `${modem.reads}`);
      },
    ),
  );
});

test('a notice that nobody waits for any more is given up before it is given over', async (t) => {
  const stop = new AbortController();
  const modem = memoryModem(
    goodManner((one) => {
      if (one === 'AT+CREG?') stop.abort();
      return [];
    }),
  );
  const way = openSmsModem(modem.serial, { clock: modem.clock, report: false });
  const error = await t.throwsAsync(way.send(noticeOf({ to }), stop.signal));
  t.true(isFault(error) && error.kind === 'timeout');
  t.false(modem.commands.some((one) => one.startsWith('AT+CMGS')));
});

const title = 'a modem behind a PTY';
(needs('socat', title) ? test : test.skip)(
  'over a real serial port: a message goes out, the modem is unplugged, the next is a Fault',
  async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-modem-'));
    const [ours, theirs] = [path.join(folder, 'ours'), path.join(folder, 'theirs')];
    const wire: ChildProcess = spawn('socat', [`pty,raw,echo=0,link=${ours}`, `pty,raw,echo=0,link=${theirs}`], {
      stdio: 'ignore',
    });
    const hasEnded = new Promise((resolve) => wire.once('exit', resolve));
    while (!existsSync(ours) || !existsSync(theirs)) {
      if (wire.exitCode !== null) throw new Error(`socat ended with ${wire.exitCode}`);
      await sleep(20);
    }
    const port = new SerialPort({ path: theirs, baudRate: 115_200 });
    let written = '';
    const bodies: string[] = [];
    port.on('data', (bytes: Buffer) => {
      const { rest, all } = writtenIn(written + bytes.toString('latin1'));
      written = rest;
      for (const { text, isBody } of all) {
        if (isBody) bodies.push(text);
        port.write(Buffer.from(goodManner()(text, isBody ? text : null).join(''), 'latin1'));
      }
    });
    await new Promise((resolve, reject) => port.once('open', resolve).once('error', reject));
    port.on('error', () => {
      // The wire is cut in the midst.
    });
    const clock = systemClock();
    const serial = openSerialLinux({ path: ours, baudRate: 115_200, parity: 'none', stopBits: 1 });
    const way = openSmsModem(serial, {
      clock,
      report: false,
      times: { writeMs: 1000, commandMs: 3000, networkMs: 3000, reportMs: 100 },
    });
    t.teardown(async () => {
      wire.kill('SIGKILL');
      await way.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const never = new AbortController().signal;
    t.is(await way.send(noticeOf({ to, title: 'Аммиак' }), never), 'sent');
    t.regex(bodies[0] ?? '', /^00[15]1000B917710000000F1/);
    wire.kill('SIGKILL');
    await hasEnded;
    const error = await t.throwsAsync(way.send(noticeOf({ to }), never));
    t.true(isFault(error));
  },
);
