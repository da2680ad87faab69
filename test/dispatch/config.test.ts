import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parseYaml } from '../../daemons/core/config/parse.ts';
import { areaOf } from '../../daemons/core/desk/dwellings.ts';
import { resolveDelivery } from '../../daemons/core/dispatch/resolve.ts';
import { deliveryIn, dispatchConfig } from '../../daemons/dispatch/config.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { fieldpost } from '../support/fieldpost.ts';

const square = [
  [
    [71, 51],
    [72, 51],
    [72, 52],
    [71, 52],
    [71, 51],
  ],
] as const;

test('the example of the guide is one that a dispatcher takes', (t) => {
  const guide = readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8');
  const text = /```yaml\n(# dispatch\.yaml\n[^`]*)```/.exec(guide)?.[1] ?? '';
  const { delivery, mistakes } = resolveDelivery(parseYaml('README.md', text, dispatchConfig), {
    ...{ file: 'README.md', ways: ['ntfy', 'sms', 'email', 'webhook', 'web-push'], layered: true },
    readArea: () => [areaOf(square)],
  });
  t.deepEqual(mistakes, []);
  t.true(delivery.rules.length >= 2 && delivery.units.size >= 2);
});

test('areas are read beside the file; one that is not there, or holds no ground, is named', (t) => {
  const folder = freshFolder(t);
  const file = path.join(folder, 'dispatch.yaml');
  const yaml = (name: string): string =>
    `areas: { range: { file: ${name} } }\nunits: { red-1: {} }\n` +
    'rules:\n  - { name: all, area: range, chain: [{ unit: red-1, way: page, waitS: 60 }] }\n';
  const read = (name: string) => deliveryIn(parseYaml(file, yaml(name), dispatchConfig), file);
  const polygon = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: square } };
  writeFileSync(path.join(folder, 'range.geojson'), JSON.stringify({ type: 'FeatureCollection', features: [polygon] }));
  writeFileSync(path.join(folder, 'empty.geojson'), JSON.stringify({ type: 'FeatureCollection', features: [] }));
  writeFileSync(path.join(folder, 'not.geojson'), '{');
  t.is(read('range.geojson').rules[0]?.area?.grounds.length, 1);
  t.throws(() => read('gone.geojson'), { message: /areas\.range\.file: .*gone\.geojson cannot be read \(ENOENT\)/ });
  t.throws(() => read('empty.geojson'), { message: /empty\.geojson has no ground in it; must have a polygon/ });
  t.throws(() => read('not.geojson'), { message: /not\.geojson: is not JSON[\s\S]*no area was taken/ });
});

test('fieldpost check --dispatch prints each chain, or every mistake', async (t) => {
  const folder = freshFolder(t);
  const file = path.join(folder, 'dispatch.yaml');
  const chain = 'chain: [{ unit: red-1, way: page, waitS: 60 }]';
  writeFileSync(file, `units: { red-1: {} }\nrules: [{ name: all, ${chain} }]\n`);
  const good = await fieldpost(['check', '--dispatch', file]);
  t.is(good.code, 0, good.err);
  t.is(
    good.out,
    'all: red-1 by page (60 s, acknowledged) -> consoles\n0 TAK server(s), 1 unit(s), 1 rule(s), 0 mistakes\n',
  );
  writeFileSync(file, `rules:\n  - { name: a, ${chain} }\n  - { name: a, ${chain} }\n`);
  const bad = await fieldpost(['check', '--dispatch', file]);
  t.is(bad.code, 1);
  t.is(bad.out, '4 mistake(s)\n');
  t.is(bad.err.split(file).length, 5, bad.err);
});
