import { createHash } from 'node:crypto';
import test from 'ava';
import { pageOf } from '../../daemons/tools/camera/replay/page.ts';
import type { PageData } from '../../daemons/tools/camera/replay/shots.ts';

const data: PageData = {
  ...{ title: 'a <b> & c', isSimulated: true, model: 'toy 1', width: 64, height: 48, thresholds: [0.5, 0.9], own: 1 },
  dropped: 3,
  frames: [
    {
      ...{ seq: 1, s: 0, jpeg: '/9j/', heightM: 80, gsdCm: 8, tiles: 12, ms: 60, why: null, footprint: null },
      sightings: [[{ label: '</script><b>', score: 0.6, box: [1, 2, 3, 4], ground: 'no-height' }], []],
    },
  ],
};

test('the page of a flight lets in nothing but its own script and style, whatever a label holds', async (t) => {
  const page = await pageOf(data);
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  t.regex(policy, /^default-src 'none'; img-src data:; /);
  for (const [tag, directive] of [
    ['style', 'style-src'],
    ['script', 'script-src'],
  ] as const) {
    const text = page.split(`<${tag}>`).at(-1)?.split(`</${tag}>`)[0] ?? '';
    t.true(text.length > 500);
    const sha = createHash('sha256').update(text).digest('base64');
    t.true(policy.includes(`${directive} 'sha256-${sha}'`), directive);
  }
  t.is(page.split('</script>').length - 1, 2, 'a label ends no element');
  const [, json = ''] = /type="application\/json">(.*?)<\/script>/s.exec(page) ?? [];
  t.deepEqual(JSON.parse(json), data);
  t.true(page.includes('a &lt;b> &amp; c') && page.includes('SIMULATED'));
  t.false((await pageOf({ ...data, isSimulated: false })).includes('SIMULATED'));
});
