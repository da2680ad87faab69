import path from 'node:path';
import test from 'ava';
import { loadBox, profile, readConfig } from '../../../daemons/core/config/box.ts';
import { parseValue } from '../../../daemons/core/config/parse.ts';
import { gasSection } from '../../../daemons/gas/config.ts';
import { checkPassage } from '../../../daemons/gas/passage/section.ts';

const folder = path.join(import.meta.dirname, '../../../firmware-configs');
const file = path.join(folder, 'profiles/checkpoint.yaml');
const section = parseValue(file, readConfig(file, profile).gas ?? {}, gasSection);
const { board } = loadBox(folder, 'post-1');

test('the shipped profile of a checkpoint is without a mistake', (t) => {
  t.is(section.passage?.window, 'occupied');
});

test('a board without the window of the passages is refused, and what it has is named', (t) => {
  t.throws(() => checkPassage(section.passage, board, 'checkpoint.yaml'), {
    message: /^checkpoint\.yaml gas\.passage\.window: "occupied" is not on the board; known: ammonia, /,
  });
  const passage = { ...section.passage, window: 'ammonia-module', unit: 'mg/m3' } as typeof section.passage;
  t.throws(() => checkPassage(passage, board, 'checkpoint.yaml'), {
    message: /^checkpoint\.yaml gas\.passage\.unit: is mg\/m3; "voc-isobutylene-equivalent" is in ppm on this board$/,
  });
  t.notThrows(() => checkPassage(undefined, board, 'checkpoint.yaml'));
});
