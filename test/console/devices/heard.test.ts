import test from 'ava';
import { heardAfter, openHearing, unheard } from '../../../daemons/console/devices/heard.ts';

const of = (side: 'desired' | 'reported' | 'health') => ({ site: 'north', device: 'post-7', side });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const reported = JSON.stringify({
  ...{ v: 1, device: 'post-7', desired: 1, phase: 'in-force', reasons: [], inForce: 1, executable: '0.1.0' },
  ...{ files: {}, root: 1 },
});

test('what cannot be read is told and takes nothing else away; what is taken back is gone', (t) => {
  const first = heardAfter(unheard, of('reported'), bytes(reported));
  t.is(first.reported?.inForce, 1);
  const broken = heardAfter(first, of('health'), bytes('{"v":1}'));
  t.is(broken.reported?.inForce, 1);
  t.regex(broken.troubles[0] ?? '', /^twin\/health: /);
  const mended = heardAfter(broken, of('health'), bytes(''));
  t.deepEqual(mended.troubles, []);
  t.is(heardAfter(mended, of('reported'), bytes('')).reported, null);
});

test("a desired state that is another box's is no difference of this one", (t) => {
  const text = JSON.stringify({
    v: 1,
    site: 'north',
    device: 'post-8',
    version: 1,
    by: 'op-1',
    at: '2026-01-01T00:00:00Z',
  });
  const box = heardAfter(
    unheard,
    of('desired'),
    bytes(JSON.stringify({ v: 1, role: 'operator', text, signatures: [] })),
  );
  t.is(box.desired, null);
  t.regex(box.troubles[0] ?? '', /is of north\/post-8/);
});

test('other topics are passed over', (t) => {
  const hearing = openHearing();
  hearing.hear('fieldpost/v1/north/post-7/birth', bytes('{}'));
  hearing.hear('fieldpost/v1/north/post-7/twin/reported', bytes(reported));
  t.is(hearing.of('north', 'post-7').reported?.executable, '0.1.0');
  t.is(hearing.of('north', 'post-8'), unheard);
});
