import test from 'ava';
import type { View } from '../../../daemons/core/procedure/link.ts';
import { screenOf } from '../../../daemons/core/procedure/screen.ts';
import { languages, sayIn } from '../../../daemons/core/procedure/words.ts';
import { pictureOf } from '../../../daemons/tools/technician/picture.ts';

const view = (value: number | null, lod?: number | null): View => ({
  target: 'nh3/ammonia',
  unit: 'ppm',
  quantity: 'ammonia',
  live: { atMs: 1000, value, u: 0.1, flags: [], ...(lod === undefined ? {} : { lod }) },
  inhibited: false,
  running: null,
});
const readingOf = (one: View): string => screenOf(one, sayIn('en')).reading;

test('a reading below the LOD of its channel is <LOD, and what was measured stands beside it', (t) => {
  for (const language of languages) {
    const { reading, notes } = screenOf(view(-0.12, 0.5), sayIn(language));
    t.is(reading, '<LOD');
    t.is(notes.length, 1);
    t.true(notes[0]?.includes('-0.12') && notes[0].includes('0.50'), notes[0]);
  }
});

test('at the LOD and above it, without one, and in a gap it is shown as it is', (t) => {
  t.is(readingOf(view(0.5, 0.5)), '0.50 ppm');
  t.is(readingOf(view(-0.12, null)), '-0.12 ppm');
  t.is(readingOf(view(-0.12)), '-0.12 ppm');
  t.is(readingOf(view(null, 0.5)), 'no value');
  t.deepEqual(screenOf(view(0.5, 0.5), sayIn('en')).notes, []);
});

test('the terminal shows the same, and draws the values with their sign', (t) => {
  const trace = [0, 1, 2].map((s) => [s * 1000, -0.12] as const);
  const shown = { view: view(-0.12, 0.5), trace, simulated: false, notice: null };
  const lines = pictureOf(shown, sayIn('en'), { columns: 80, rows: 24 });
  t.true(lines.some((line) => line.includes('Reading: \u001b[1m<LOD\u001b[0m')));
  t.true(lines.some((line) => line.includes('Measured -0.12 ppm, limit of detection (LOD) 0.50 ppm')));
  t.true(
    lines.some((line) => /^\s*-0\.1/.test(line)),
    lines.join('\n'),
  );
});
