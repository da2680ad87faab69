import { createHash } from 'node:crypto';
import test from 'ava';
import { metresTo } from '../../daemons/core/geo/local.ts';
import { cameraBox, home, pictures, plotPicture, small } from '../support/camera-box.ts';
import { blue, colourCard, painted } from '../support/vision-model.ts';

const stills = (count: number, prefix = 'p'): Record<string, Uint8Array> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `${prefix}${String(i).padStart(2, '0')}.png`,
      pictures.encodePng(plotPicture(i)),
    ]),
  );

test.serial('pictures of a plot become one alert with place, outline and picture, also after a restart', async (t) => {
  const box = await cameraBox(t);
  const first = await box.run(stills(12));
  t.is(first.code, 0, first.out + first.err);
  const { alerts, events } = await box.kept();
  const [raised, second] = alerts;
  t.like(
    raised,
    {
      condition: 'raised',
      rev: 1,
      kind: 'crop-plot',
      family: 'evidence',
      certainty: 'indication',
      flags: ['simulated'],
    },
    first.out,
  );
  t.is(new Set(alerts.map(({ id }) => id)).size, 1);
  const where = raised?.where;
  if (!where) return t.fail('no place');
  t.is(where.source, 'projected');
  // The middle of the patch is 16 pixels right of the middle and 8 ahead: 26.7 m east, 13.3 m north.
  const [north, east] = metresTo(home, where);
  t.true(Math.hypot(north - 13.3, east - 26.7) < 6, `${north} ${east}`);
  t.true(where.ceM > 3 && where.ceM < 12);
  // 27 by 20 m, and what tiles of 13 m add to that.
  t.true((raised.plot?.lengthM ?? 0) > 18 && (raised.plot?.lengthM ?? 0) < 45, `${raised.plot?.lengthM}`);
  t.is(raised.plot?.picture, null);
  const picture = second?.plot?.picture;
  const jpeg = Buffer.from(picture?.jpeg ?? '', 'base64');
  t.is(picture?.sha256, createHash('sha256').update(jpeg).digest('hex'));
  const shown = pictures.decode(jpeg, 'evidence');
  t.true(shown.width < small.width && shown.height < small.height, 'a piece, not the whole');
  t.true(events.some(({ type }) => type === 'sightings'));
  const health = events.findLast(({ type }) => type === 'health')?.detail;
  t.true(Number(health?.tiles) > 0 && Number(health?.frames) > 0, JSON.stringify(health));

  const again = await box.run(stills(6, 'q'));
  t.is(again.code, 0, again.err);
  const after = await box.kept();
  t.is(new Set(after.alerts.map(({ id }) => id)).size, 1, 'the same plot is no second alert');
});

test.serial('what cannot be placed raises nothing, and the box says why', async (t) => {
  const box = await cameraBox(t, { isTold: false });
  const ran = await box.run(stills(6));
  t.is(ran.code, 0, ran.err);
  const { alerts, events } = await box.kept();
  t.deepEqual(alerts, []);
  const told = events.filter(({ type }) => type === 'unplaced-no-position');
  t.is(told.length, 1, 'once, not with every picture');
  t.regex(told[0]?.message ?? '', /no position is told/);
  t.true(events.filter(({ type }) => type === 'sightings').length >= 4);
  t.false(JSON.stringify(events).includes('"jpeg"'), 'no picture of what nobody can place');
});

test.serial(
  'truncated, black, white, stuck and wrong pictures are told by name, and the good ones between count',
  async (t) => {
    const box = await cameraBox(t);
    const png = pictures.encodePng;
    const good = stills(8, 'k');
    const white = painted(small.width, small.height, [255, 255, 255]);
    const stuck = png(plotPicture(100));
    const ran = await box.run({
      ...good,
      'a.jpg': pictures.encodeJpeg(plotPicture(1), 90).subarray(0, 300),
      'b.jpg': new Uint8Array(100),
      'c.png': png(painted(small.width, small.height, [2, 2, 2])),
      'd.png': png(white),
      'e.png': png(painted(48, 64, blue)),
      ...{ 'f1.png': stuck, 'f2.png': stuck, 'f3.png': stuck, 'f4.png': stuck },
    });
    t.is(ran.code, 0, ran.err);
    const { alerts, events } = await box.kept();
    const types = events.map(({ type }) => type);
    for (const type of [
      'camera-garbage',
      'picture-black',
      'picture-overexposed',
      'picture-wrong-size',
      'picture-stuck',
    ])
      t.true(types.includes(type), `${type} of ${types}`);
    t.is(types.filter((type) => type === 'camera-garbage').length, 2);
    t.true(types.includes('picture-stuck-over'));
    t.is(alerts.filter(({ condition }) => condition === 'raised').length, 1);
    t.like(events.findLast(({ type }) => type === 'health')?.detail, { unusable: 4, troubles: 2 });
  },
);

test.serial('a model that is not what its card says is refused before anything is kept', async (t) => {
  const box = await cameraBox(t, { model: { 'model.tflite': new Uint8Array(2000) } });
  const ran = await box.run(stills(1));
  t.is(ran.code, 2);
  t.regex(ran.out, /sha256/);
});

test.serial(
  'from higher than its model was made for a camera asks nothing, says so once, and raises nothing',
  async (t) => {
    const ground = { gsdCm: [1, 1000], heightM: [20, 60], thingM: 10 };
    const box = await cameraBox(t, { model: { 'card.json': JSON.stringify({ ...colourCard, ground }) } });
    const ran = await box.run(stills(6));
    t.is(ran.code, 0, ran.err);
    const { alerts, events } = await box.kept();
    t.deepEqual(alerts, []);
    const told = events.filter(({ type }) => type === 'not-asked');
    t.is(told.length, 1);
    t.regex(told[0]?.message ?? '', /height is 100 m; the model was made for 20 to 60 m; it is not asked/);
    const health = events.findLast(({ type }) => type === 'health')?.detail;
    t.true(Number(health?.notAsked) > 0, 'the first pictures may come before a pose is told');
  },
);

test.serial('within a budget some tiles are left, counted, and the plot is found all the same', async (t) => {
  const box = await cameraBox(t, { section: { tiles: { ios: 0.1, budgetMs: 50 } } });
  const ran = await box.run(stills(12));
  t.is(ran.code, 0, ran.err);
  const { alerts, events } = await box.kept();
  t.is(alerts.filter(({ condition }) => condition === 'raised').length, 1);
  t.true(Number(events.findLast(({ type }) => type === 'health')?.detail.tilesLeft) > 0);
});
