import test from 'ava';
import fc from 'fast-check';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Stamp } from '../../../daemons/core/values/stamp.ts';
import type { PatrolWord } from '../../../daemons/core/wire/patrol-word.ts';
import { after, type Book, mostAlerts, noted, stands, swept } from '../../../daemons/service/patrol/book.ts';
import { extentFrom } from '../../../daemons/service/patrol/extent.ts';
import { agoMs } from '../../../daemons/service/patrol/moment.ts';
import { plainPage } from '../../../daemons/service/patrol/plain.ts';
import { bareOf, type Direct, type Looking, listOf, shownTo } from '../../../daemons/service/patrol/shown.ts';
import { ageIn, patrolCatalogue, patrolWordFor, sayPatrol } from '../../../daemons/service/patrol/words.ts';
import { sampleAlert, stampAt } from '../../support/alerts.ts';

const startMs = 1_790_000_000_000;
const safety = (id: string, news: Partial<Alert> = {}): Alert =>
  sampleAlert(id, { family: 'safety', kind: 'crew-a2-ammonia', ...news }, startMs);
const evidence = (id: string, news: Partial<Alert> = {}): Alert => sampleAlert(id, news, startMs);
const bookOf = (...alerts: readonly Alert[]): Book => alerts.reduce(noted, new Map() as Book);
const looking = (direct: Direct, afterMs = 60_000): Looking => ({
  ...{ direct, now: stampAt(startMs + afterMs), simulated: false },
  box: { lat: 51.17, lon: 71.45 },
});
const only = (book: Book, direct: Direct) => {
  const [entry] = listOf(book);
  return entry ? shownTo('Red 1', entry, looking(direct)) : null;
};

test('by itself a box shows the place of what endangers the crew, and of all else no place', (t) => {
  t.like(only(bookOf(safety('a')), 'safety')?.more?.place, { is: 'point', lat: 51.1694, lon: 71.4491, ceM: 150 });
  const withheld = only(bookOf(evidence('a')), 'safety');
  t.is(withheld?.more, null);
  t.like(withheld, { kind: 'vapour.ammonia', severity: 'critical', sinceMs: 68_000 });
  t.false(JSON.stringify(withheld).includes('51.16'));
});

test('where all is shown, what may touch a dwelling is a region seen from the box: no coordinate leaves', (t) => {
  const ring = [71.46, 71.462, 71.462, 71.46].map((lon, i) => [lon, 51.172 + (i > 1 ? 0.001 : 0)] as const);
  const plot = { outline: [[...ring, ring[0] ?? [0, 0]]], ellipse: { majorM: 10, minorM: 5, bearingDeg: 0 } };
  const one = only(bookOf(evidence('a', { plot: plot as never })), 'all');
  t.like(one?.more?.place, { is: 'unreleased', extent: { is: 'there' } });
  t.notRegex(JSON.stringify(one), /"lat"|"lon"|51\.1|71\.4/);
  t.like(
    only(bookOf(evidence('b', { where: { lat: 51.17, lon: 71.45, ceM: 120, source: 'surveyed' } })), 'all')?.more,
    {
      place: { is: 'unreleased', extent: { is: 'around', farM: 150 } },
    },
  );
});

test('a region as it is seen from the box holds every point of it, and is never smaller than a field', (t) => {
  const metre = 1 / 111_000;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -900, max: 900 })), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.integer({ min: 0, max: 300 }),
      (points, radiusM) => {
        const box = { lat: 0, lon: 0 };
        const ring = points.map(([north, east]) => [east * metre, north * metre] as const);
        const seen = extentFrom(box, { rings: [ring], radiusM });
        for (const [north, east] of points) {
          const far = Math.hypot(north, east);
          t.true(far + radiusM <= seen.farM + 10, `${far} ${JSON.stringify(seen)}`);
          if (seen.is === 'around') continue;
          t.true(far - radiusM >= seen.nearM - 10);
          t.true(seen.farM - seen.nearM >= 50);
          const span = (seen.toDeg - seen.fromDeg + 360) % 360;
          const bearing = ((Math.atan2(east, north) * 180) / Math.PI - seen.fromDeg + 720) % 360;
          t.true(bearing <= span + 0.5 || bearing > 359.5, `${bearing} ${span}`);
        }
      },
    ),
  );
});

test('ages are counted by what cannot be set; across a boot only where both clocks knew the time', (t) => {
  const at = stampAt(startMs);
  // The wall was set a year ahead in between.
  const set: Stamp = { ...at, monoNs: at.monoNs + 9e9, wallMs: at.wallMs + 365 * 86_400_000 };
  t.is(agoMs(at, set), 9000);
  const next: Stamp = { ...stampAt(startMs + 7000), boot: 'other', monoNs: 1 };
  t.is(agoMs(at, next), 7000);
  t.is(agoMs(at, { ...next, uncertaintyMs: null, synced: false }), null);
  t.is(agoMs(at, { ...next, wallMs: startMs - 86_400_000 }), null);
});

test('an alert that went silent is said to be unknown; one that is over is over', (t) => {
  const [entry] = listOf(bookOf(safety('a')));
  if (!entry) return t.fail();
  t.false(bareOf(entry, looking('safety', 60_000)).stale);
  t.true(bareOf(entry, looking('safety', 700_000)).stale);
  const over = bookOf(safety('a'), safety('a', { rev: 2, condition: 'cleared' }));
  t.like(only(over, 'safety'), { over: true, stale: false });
  t.is(swept(over, stampAt(startMs + 13 * 3_600_000)).size, 0);
  t.is(swept(bookOf(safety('a')), stampAt(startMs + 13 * 3_600_000)).size, 1);
});

test('the newest revision counts, whatever the order; the book is bounded and danger goes last', (t) => {
  t.is(noted(bookOf(safety('a', { rev: 3 })), safety('a', { rev: 2, condition: 'cleared' })).get('a')?.alert.rev, 3);
  const many = Array.from({ length: mostAlerts + 20 }, (_, i) => evidence(`e${i}`));
  const full = bookOf(safety('danger'), ...many);
  t.is(full.size, mostAlerts);
  t.true(full.has('danger'));
  t.is(listOf(full)[0]?.alert.id, 'danger');
});

test('a word stands for its unit, once; another unit sees who has it', (t) => {
  const word: PatrolWord = {
    ...{ alert: 'a', unit: 'Red 1', by: 'p-17', key: '0b1c8f9e-5a5e-4a53-9f0e-3d5a5f6a7b8c', agoMs: 0 },
    deed: { what: 'acknowledge' },
  };
  const [entry] = listOf(bookOf(safety('a')));
  if (!entry) return t.fail();
  const next = after(entry, word, startMs);
  t.true(stands(next, 'Red 1', word.deed, 'another'));
  t.false(stands(next, 'Red 2', word.deed, 'another'));
  const book: Book = new Map([['a', next]]);
  t.like(only(book, 'safety')?.more?.said, { received: true, seen: true, acknowledged: true, onScene: false });
  t.deepEqual(shownTo('Red 2', next, looking('safety')).more?.others, ['Red 1']);
  const report: PatrolWord = { ...word, deed: { what: 'report', outcome: 'found', text: '' } };
  t.true(stands(after(next, report, startMs), 'Red 1', report.deed, word.key));
  t.false(stands(after(next, report, startMs), 'Red 1', report.deed, 'another'));
});

test('the plain page has what and since when, why it has no more, and no byte of a place or a name of an alert', (t) => {
  const alerts = [safety('secret-id'), evidence('<script>', { kind: '<script>alert(1)</script>' })];
  const bare = listOf(bookOf(...alerts)).map((entry) => bareOf(entry, looking('all')));
  for (const language of ['en', 'ru', 'kk'] as const) {
    const text = plainPage({ device: 'post-7', simulated: true, alerts: () => bare }, language);
    t.true(text.includes(patrolCatalogue[language]['plain.why']));
    t.notRegex(text, /51\.1|71\.4|secret-id|<script>|lat|lon\b/);
    t.true(text.includes('&lt;script&gt;'));
    t.true(text.includes(sayPatrol(language)('mark.simulated')));
  }
});

test('every sentence stands in three languages with the same places, none left in English', (t) => {
  const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([one]) => one).sort();
  for (const language of ['en', 'ru', 'kk'] as const)
    for (const [key, text] of Object.entries(patrolCatalogue[language])) {
      t.deepEqual(places(text), places(patrolCatalogue.en[key as 'list.none']), `${language} ${key}`);
      if (language !== 'en' && !key.startsWith('age.')) t.regex(text, /[а-яё]/i, `${language} ${key}`);
    }
  t.deepEqual(Object.keys(patrolCatalogue.ru).sort(), Object.keys(patrolCatalogue.en).sort());
  const say = sayPatrol('en');
  t.is(patrolWordFor(say, 'kind', 'crew-stel-ammonia'), 'DANGER TO THE CREW: ammonia (STEL)');
  t.is(patrolWordFor(say, 'kind', 'crew-a1-phosphine'), 'DANGER TO THE CREW: phosphine (A1)');
  t.is(patrolWordFor(say, 'kind', 'new-thing'), 'new-thing');
  t.deepEqual(
    [null, 5000, 300_000, 9_000_000, 200_000_000].map((ms) => ageIn(say, ms)),
    ['time unknown', '5 s', '5 min', '2 h 30 min', '2 d 7 h'],
  );
});
