import test from 'ava';
import type { Attached, Presence } from '../../../daemons/tools/provision/attached.ts';
import { type Candidate, proposeBoard, proposeProfile } from '../../../daemons/tools/provision/propose.ts';

const board = (name: string, ...presences: Presence[]): Candidate => ({
  board: name,
  attached: presences.map(
    (presence, i): Attached => ({ id: `s${i}`, part: 'sht4x', presence, serial: null, text: `is ${presence}` }),
  ),
});
const profile = (name: string, daemons: readonly string[], ...mistakes: string[]) => ({
  profile: name,
  daemons,
  mistakes,
});

test('the board that explains the most of what answers is taken', (t) => {
  const proposal = proposeBoard([
    board('small', 'there'),
    board('large', 'there', 'there', 'unasked'),
    board('other', 'there', 'missing'),
  ]);
  t.is(proposal.say === 'this' ? proposal.name : '', 'large');
});

test('two that fit alike, one that lacks a part, and none at all are for a person', (t) => {
  const alike = proposeBoard([board('a', 'there'), board('b', 'there')]);
  t.deepEqual(alike.say === 'ask' ? alike.names : [], ['a', 'b']);
  const lacking = proposeBoard([board('a', 'there', 'missing'), board('b', 'there', 'there', 'other')]);
  t.deepEqual(lacking.say === 'ask' ? lacking.names : [], ['b', 'a']);
  t.regex(lacking.why, /b: s2 \(sht4x\): is other; a: s1 \(sht4x\): is missing/);
  t.regex(proposeBoard([]).why, /no part of any known board answers/);
});

test('a board of which nothing can be asked is never taken', (t) => {
  t.is(proposeBoard([board('silent', 'unasked', 'unasked'), board('empty')]).say, 'ask');
});

test('the only profile that runs and uses all of the board is taken; a choice is for a person', (t) => {
  const gas = profile('gas', ['gas', 'uplink']);
  const only = proposeProfile(
    [gas, profile('dock', ['dock', 'uplink']), profile('broken', ['gas'], 'a mistake')],
    ['gas'],
  );
  t.is(only.say === 'this' ? only.name : '', 'gas');
  const both = proposeProfile([gas, profile('plume', ['gas', 'uplink'])], ['gas']);
  t.deepEqual(both.say === 'ask' ? both.names : [], ['gas', 'plume']);
  t.regex(proposeProfile([gas], ['gas', 'camera']).why, /no profile runs on this board/);
});
