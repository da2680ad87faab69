/** Pictures to aim by: who may look and for how long, how often, how fine, and what is held meanwhile. */
import test from 'ava';
import fc from 'fast-check';
import { openPreview, type Preview } from '../../daemons/camera/preview/desk.ts';
import { glimpseOf } from '../../daemons/camera/preview/glimpse.ts';
import {
  closed,
  isOpen,
  isWatched,
  made,
  nobodyLooks,
  opened,
  openForMs,
  previewSize,
} from '../../daemons/camera/preview/openings.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import type { PreviewReply } from '../../daemons/core/procedure/preview-link.ts';
import type { BoxEvent } from '../../daemons/core/values/envelope.ts';
import { camera, lens, scene, still } from '../support/camera-scene.ts';
import { blue, painted } from '../support/vision-model.ts';

const pictures = await openPictures();
const stamp = { wallMs: 1_700_000_000_000, monoNs: 0, boot: 'b', synced: true, uncertaintyMs: 5 };
const frameOf = (seq: number, picture = painted(64, 48, blue)) => ({
  ...{ source: 'down', seq, at: stamp, dropped: 0, picture },
});

test('an opening ends by itself after five minutes, or when it is closed', (t) => {
  const state = opened(nobodyLooks, { id: 'a', by: 'p7' }, 1000);
  if (!state) return t.fail();
  t.true(isOpen(state, 'a', 1000 + openForMs - 1));
  t.false(isOpen(state, 'a', 1000 + openForMs));
  t.false(isWatched(state, 1000 + openForMs));
  t.is(openForMs, 300_000);
  t.false(isOpen(closed(state, 'a'), 'a', 1001));
});

test('a person has one opening, and four people are the most until one of them is over', (t) => {
  let state = nobodyLooks;
  for (const by of ['p1', 'p2', 'p3', 'p4']) state = opened(state, { id: `${by}-1`, by }, 0) ?? state;
  t.is(opened(state, { id: 'p5-1', by: 'p5' }, 1), null);
  const again = opened(state, { id: 'p1-2', by: 'p1' }, 1);
  t.false(isOpen(again ?? state, 'p1-1', 2));
  t.true(isOpen(again ?? nobodyLooks, 'p1-2', 2));
  t.not(opened(state, { id: 'p5-1', by: 'p5' }, openForMs), null);
});

test('pictures are a second apart at least, and making them takes no more than a twentieth of the time', (t) => {
  t.is(made(nobodyLooks, 500, 10).dueMs, 1500);
  t.is(made(nobodyLooks, 500, 100).dueMs, 2500);
  t.is(made(nobodyLooks, 500, 1000).dueMs, 20_500);
});

test('no side is over 640 pixels, no pixel finer than 5 cm where that is known, and nothing is made larger', (t) => {
  t.deepEqual(previewSize({ width: 4056, height: 3040 }, null), { width: 640, height: 479 });
  t.deepEqual(previewSize({ width: 100, height: 80 }, null), { width: 100, height: 80 });
  t.deepEqual(previewSize({ width: 1000, height: 500 }, 0.01), { width: 200, height: 100 });
  t.is(previewSize({ width: 4000, height: 3000 }, 0.000001), null);
  t.is(previewSize({ width: 4000, height: 3000 }, 0), null);
  const side = fc.integer({ min: 1, max: 16_000 });
  fc.assert(
    fc.property(side, side, fc.double({ min: 1e-4, max: 10, noNaN: true }), (width, height, metres) => {
      const size = previewSize({ width, height }, metres);
      if (!size) return;
      t.true(Math.max(size.width, size.height) <= 640 && size.width <= width && size.height <= height);
      t.true(metres * Math.min(width / size.width, height / size.height) >= 0.05 - 1e-9);
    }),
  );
});

const glimpse = (found: Parameters<typeof glimpseOf>[0]['found'], over: Parameters<typeof scene>[0] = {}) =>
  glimpseOf(
    { frame: frameOf(1, painted(lens.width, lens.height, blue)), found, scene: () => scene(over) },
    { isAsked: true, why: null },
    { source: 'down', simulated: true, ageMs: 40, encode: pictures.encodeJpeg },
  );

test('the picture that is given has the size that is said, and what a pixel covers goes by the pose', (t) => {
  const seen = glimpse([]);
  if (seen.say !== 'picture') return t.fail(JSON.stringify(seen));
  const shown = pictures.decode(Buffer.from(seen.jpeg, 'base64'), 'preview');
  t.deepEqual([shown.width, shown.height], [seen.width, seen.height]);
  t.true(Math.max(shown.width, shown.height) <= 640);
  t.deepEqual(seen.gates, []);
  t.is(seen.heightM, 100);
  const expected = ((100 * 100) / lens.fx) * (lens.width / seen.width);
  t.true(Math.abs((seen.gsdCm ?? 0) - expected) < 0.05 * expected, `${seen.gsdCm} ${expected}`);
});

test('from near the pose holds the picture at 5 cm a pixel', (t) => {
  const seen = glimpse([], { ground: { kind: 'flat', aboveSeaM: 597, uM: 0 } });
  if (seen.say !== 'picture') return t.fail(JSON.stringify(seen));
  t.is(seen.heightM, 3);
  t.true(seen.width < 200, `${seen.width}`);
  t.true((seen.gsdCm ?? 0) >= 5 && (seen.gsdCm ?? 0) < 5.5, `${seen.gsdCm}`);
});

test('what keeps the camera from working is said by code and in words', (t) => {
  const codes = (seen: PreviewReply): string[] => (seen.say === 'picture' ? seen.gates.map(({ code }) => code) : []);
  t.deepEqual(codes(glimpse(['black', 'stuck'])), ['black', 'stuck']);
  const late = glimpse([], { camera, poseAt: still({ ageMs: 5000 }) });
  t.deepEqual(codes(late), ['late-pose']);
  t.like(late, { gsdCm: null, heightM: null });
  const asked = glimpseOf(
    { frame: frameOf(1), found: ['wrong-size'], scene: () => scene() },
    { isAsked: false, why: 'height is 100 m; the model was made for 20 to 60 m' },
    { source: 'down', simulated: false, ageMs: 0, encode: pictures.encodeJpeg },
  );
  t.like(asked, { simulated: false, gsdCm: null });
  t.deepEqual(codes(asked), ['wrong-size', 'not-asked']);
});

interface Desk {
  readonly preview: Preview;
  readonly told: Omit<BoxEvent, 'at'>[];
  readonly encodes: () => number;
  pass(ms: number): void;
  take(seq: number): void;
  ask(asked: object): Promise<PreviewReply>;
  open(by: string): Promise<string>;
}

/** A desk on a clock that goes on when it is waited, or passed. */
function desk(encodeMs = 0): Desk {
  let [nowMs, encodes] = [0, 0];
  const told: Omit<BoxEvent, 'at'>[] = [];
  const preview = openPreview({
    ...{ source: 'down', simulated: true, nowMs: () => nowMs },
    encode: () => {
      encodes++;
      nowMs += encodeMs;
      return new Uint8Array([1, 2, 3]);
    },
    sleep: async (ms) => {
      nowMs += ms;
    },
    say: async (news) => void told.push(news),
  });
  const ask = (asked: object): Promise<PreviewReply> => preview.answer(JSON.stringify(asked));
  return {
    ...{ preview, told, ask, encodes: () => encodes },
    pass: (ms) => {
      nowMs += ms;
    },
    take: (seq) => preview.take({ frame: frameOf(seq), found: [], scene: () => scene() }, 40),
    open: async (by) => {
      const reply = await ask({ ask: 'open', by });
      return reply.say === 'opened' ? reply.opening : '';
    },
  };
}

test('nothing is made before somebody asks, one picture a second then, the same for all who ask for it', async (t) => {
  const { take, open, ask, pass, encodes } = desk();
  take(1);
  const [mine, other] = [await open('p1'), await open('p2')];
  t.like(await ask({ ask: 'next', opening: mine }), { say: 'none', why: 'no-frame' }, 'what came before is not held');
  take(2);
  t.is(encodes(), 0);
  t.like(await ask({ ask: 'next', opening: mine }), { say: 'picture', seq: 2, ageMs: 40, simulated: true });
  pass(300);
  take(3);
  const both = [ask({ ask: 'next', opening: mine }), ask({ ask: 'next', opening: other })];
  for (const reply of await Promise.all(both)) t.like(reply, { say: 'picture', seq: 3, ageMs: 740 });
  t.is(encodes(), 2);
});

test('each opening is one event with a pseudonym, and the picture is in none', async (t) => {
  const { take, open, ask, told } = desk();
  const opening = await open('p7');
  take(1);
  for (let i = 0; i < 3; i++) await ask({ ask: 'next', opening });
  t.is(told.length, 1);
  t.like(told[0], { type: 'preview-opened', detail: { camera: 'down', by: 'p7', forMs: openForMs } });
  t.false(JSON.stringify(told).includes('AQID'));
  await open('p7');
  t.is(told.length, 2);
});

test('a stale picture is not shown, nor one that a sortie holds back; what is over stays over', async (t) => {
  const { preview, take, open, ask, pass } = desk();
  const opening = await open('p7');
  take(1);
  pass(11_000);
  t.deepEqual(await ask({ ask: 'next', opening }), { say: 'none', why: 'stale', ageMs: 11_040 });
  take(2);
  preview.shut();
  t.like(await ask({ ask: 'next', opening }), { say: 'none', why: 'shut' });
  take(3);
  t.like(await ask({ ask: 'next', opening }), { say: 'picture', seq: 3 });
  pass(openForMs);
  t.deepEqual(await ask({ ask: 'next', opening }), { say: 'over' });
  t.deepEqual(await ask({ ask: 'next', opening: 'f'.repeat(32) }), { say: 'over' });
});

test('what is no request is refused in words, and a picture that cannot be made stops nothing', async (t) => {
  const { ask } = desk();
  for (const wrong of [{}, { ask: 'open', by: 'A Name, with spaces' }, { ask: 'next', opening: 'x' }, { ask: 'keep' }])
    t.is((await ask(wrong)).say, 'refused');
  const { preview, take, open, ask: askOther } = desk();
  const opening = await open('p1');
  preview.take(
    {
      frame: frameOf(1),
      found: [],
      scene: () => {
        throw new Error('no memory');
      },
    },
    0,
  );
  t.like(await askOther({ ask: 'next', opening }), { say: 'refused' });
  take(2);
  t.like(await askOther({ ask: 'next', opening }), { say: 'picture', seq: 2 });
});

test('where making a picture is slow, who asks is told so in time and the line keeps its time', async (t) => {
  const { take, open, ask, encodes } = desk(400);
  const opening = await open('p7');
  const said: string[] = [];
  for (let i = 0; i < 8; i++) {
    take(i);
    const reply = await ask({ ask: 'next', opening });
    said.push(reply.say === 'none' ? reply.why : reply.say);
  }
  t.deepEqual(said, ['picture', 'busy', 'busy', 'picture', 'busy', 'busy', 'picture', 'busy']);
  t.is(encodes(), 3);
});
