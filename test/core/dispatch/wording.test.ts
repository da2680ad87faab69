import test from 'ava';
import fc from 'fast-check';
import { untouched } from '../../../daemons/core/desk/fold.ts';
import { helpAlert } from '../../../daemons/core/desk/help.ts';
import { figuresOf } from '../../../daemons/core/dispatch/measure.ts';
import { noticeOf } from '../../../daemons/core/dispatch/notices.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Told, Tried } from '../../../daemons/core/values/delivery.ts';
import { sampleAlert, stampAt } from '../../support/alerts.ts';
import { deliveryOf } from '../../support/delivery-rules.ts';

const real = { flags: [], because: { ...sampleAlert('a').because, evidence: [] } } as const;
const recordOf = (id: string, news: Partial<Alert> = {}, rest: Partial<AlertRecord> = {}): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: 0, changedMs: 0, acknowledged: null },
  alert: sampleAlert(id, { ...real, ...news }, 0),
  ...rest,
});
const delivery = deliveryOf({ origin: 'https://centre.example' });
const said = (records: readonly AlertRecord[], unit = 'red-1', step = 0, nowMs = 185_000) =>
  noticeOf(records, { unit, way: 'sms', step }, delivery, nowMs);

test('a message says kind, severity, site and age in the language of the unit, and links to the page', (t) => {
  const record = recordOf('post-7/x 1');
  t.like(said([record]), {
    id: 'post-7/x 1/red-1/0',
    ...{ about: 'alert', to: '+77010000001', severity: 'critical', title: 'Critical: Ammonia vapour, north' },
    text: 'Critical: Ammonia vapour, north. 3 min ago.',
    link: 'https://centre.example/patrol/#post-7%2Fx%201',
  });
  t.is(said([record], 'red-2')?.text, 'Критическая: Пары аммиака, north. 3 мин назад.');
  t.is(said([record], 'duty')?.text, 'Аса қауіпті: Аммиак буы, north. 3 мин бұрын.');
});

test('drills and what is simulated say so first; a call for help names who calls; what cleared before says that', (t) => {
  const drill = { desk: { ...untouched, drill: true } };
  t.regex(
    said([recordOf('a', { kind: 'drill.vapour.acid' }, drill)], 'red-2')?.text ?? '',
    /^УЧЕНИЕ: Критическая: Кислый газ/,
  );
  const simulated = said([recordOf('a', { flags: ['simulated'] })]);
  t.like(simulated, { simulated: true, drill: false });
  t.regex(simulated?.title ?? '', /^SIMULATED: /);
  const help = {
    ...recordOf('h'),
    alert: helpAlert('blue-4', 'k', 'fell', null, stampAt(0)),
    site: 'patrols',
    device: 'blue-4',
  };
  t.is(said([help])?.title, 'Critical: Patrol calls for help, blue-4');
  t.regex(
    said([recordOf('a', { condition: 'cleared' })])?.text ?? '',
    /3 min ago\. It has cleared since; nobody acknowledged it\.$/,
  );
});

test('a flood is one message that says how many; the end of it is one as well, and nothing to hurry for', (t) => {
  const many = ['critical', 'warning', 'warning', 'warning', 'info'].map((severity, i) =>
    recordOf(`a${i}`, { severity: severity as Alert['severity'] }, { raisedMs: i * 60_000 }),
  );
  t.like(said(many), {
    ...{ about: 'group', severity: 'critical', title: '5 alerts', link: 'https://centre.example/patrol/' },
    text: '5 alerts. Critical: 1, Warning: 3, Info: 1. Ammonia vapour. The oldest: 3 min ago.',
  });
  t.is(said(many)?.alerts.length, 5);
  t.regex(said(many.slice(0, 2), 'red-2')?.text ?? '', /^2 тревоги\./);
  t.regex(said(many, 'red-2')?.text ?? '', /^5 тревог\./);
  const ended = said([recordOf('a', { condition: 'cleared' })], 'red-1', -1);
  t.like(ended, { about: 'ended', severity: 'info', title: 'Over: Ammonia vapour, north' });
  const resolved = { by: 'lead', atMs: 5, text: '', outcome: 'lawful-source' as const };
  const closed = recordOf('a', {}, { desk: { ...untouched, resolved } });
  t.regex(said([closed], 'red-1', -1)?.text ?? '', /The centre closed it\.$/);
});

test('no position and nothing that a header would act upon is in a message, whatever a box says', (t) => {
  const text = fc.string({ unit: 'binary', maxLength: 80 });
  const place = fc.record({
    lat: fc.double({ min: 10.2, max: 89.9, noNaN: true }),
    lon: fc.double({ min: 10.2, max: 179.9, noNaN: true }),
  });
  fc.assert(
    fc.property(text, text, place, fc.constantFrom('red-1', 'red-2', 'duty'), (kind, site, { lat, lon }, unit) => {
      const where = { lat, lon, ceM: 12, source: 'gnss' as const };
      const one = said([recordOf('a', { kind, where }, { site })], unit);
      const all = `${one?.title}\n${one?.text}`;
      for (const line of [one?.title ?? '', one?.text ?? '']) t.notRegex(line, /[\p{C}\p{Zl}\p{Zp}]/u);
      if (site === '' && kind === '') for (const degrees of [lat, lon]) t.false(all.includes(degrees.toFixed(2)));
      t.true((one?.text.length ?? 0) < 220);
    }),
  );
  const there = said([recordOf('a', { where: { lat: 51.16941, lon: 71.44912, ceM: 150, source: 'surveyed' } })]);
  t.notRegex(JSON.stringify(there), /51\.1|71\.4|150/);
});

test('a contact that is not in the file any more gives no message', (t) => {
  t.is(said([recordOf('a')], 'gone'), null);
});

test('figures: what went, what failed, what nobody knows, and how long the first of each took', (t) => {
  const tried = (news: Partial<Tried>): Tried => ({
    ...{ way: 'ntfy', step: 0, state: 'sent', atMs: 200, claimedMs: 150, grouped: false, why: null },
    ...news,
  });
  const told = (all: readonly Tried[], receivedMs: number | null): Told => ({
    ...{ unit: 'red-1', sinceMs: 150, tried: all, seen: null, acknowledged: null, onScene: null, reported: null },
    received: receivedMs === null ? null : { by: 'red-1', atMs: receivedMs },
  });
  const with_ = (id: string, one: Told) => recordOf(id, {}, { raisedMs: 100, desk: { ...untouched, told: [one] } });
  const figures = figuresOf([
    with_('a', told([tried({})], 700)),
    with_('b', told([tried({ state: 'failed' }), tried({ way: 'sms', step: 1, atMs: 400, claimedMs: 300 })], 900)),
    with_('c', told([tried({ state: 'sending', atMs: 150 })], null)),
  ]);
  t.like(figures.ntfy, {
    sent: 1,
    failed: 1,
    unsure: 1,
    commitToSent: { n: 1, p50: 100 },
    commitToReceived: { n: 1, p99: 600 },
  });
  t.like(figures.sms, { sent: 1, commitToSent: { n: 0, p50: null }, commitToReceived: { n: 1, p50: 800 } });
});
