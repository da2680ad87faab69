/** Every refusal of the console has a code, by which the page says it in another language. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { refusalCode } from '../../daemons/console/refusal-codes.ts';
import en from '../../daemons/console/web/messages/en.json' with { type: 'json' };
import { weakness } from '../../daemons/core/access/password.ts';
import { appOn } from '../support/console.ts';
import { deskRoom } from '../support/desk-room.ts';

const daemons = path.join(import.meta.dirname, '../../daemons');
/** A string or a template, as it stands in the source. */
const literal = String.raw`(?:'((?:[^'\\\n]|\\.)*)'|\x60((?:[^\x60\\]|\\.)*)\x60)`;
const said = [
  String.raw`\brefusal\(\s*`,
  String.raw`\brefused\(\s*\d+,\s*`,
  String.raw`\bconflict\(\s*request,\s*reply,\s*`,
  String.raw`\[\s*4\d\d,\s*`,
].map((before) => new RegExp(before + literal, 'g'));

/** With something in each place of a template. */
const filled = (text: string): string =>
  text.replaceAll("\\'", "'").replaceAll(/\$\{(?:[^{}]|\{[^{}]*\}|\$\{[^{}]*\})*\}/g, 'x1');

test('every sentence that a route refuses with has a code', (t) => {
  const files = globSync('console/**/*.ts', { cwd: daemons }).filter((one) => !/\/(patrol-)?web\//.test(one));
  const found = files.flatMap((file) =>
    said.flatMap((pattern) =>
      [...readFileSync(path.join(daemons, file), 'utf8').matchAll(pattern)].map(([, plain, template]) => ({
        file,
        text: filled(plain ?? template ?? ''),
      })),
    ),
  );
  t.true(found.length >= 60, `${found.length} were found`);
  // Each reason why one is weak has a code of its own: below.
  const isWeak = 'the password is too weak: x1';
  const without = found.filter(({ text }) => text !== isWeak && refusalCode(text).code === undefined);
  t.deepEqual(without, []);
});

test('every reason why a deed makes no sense has a code', (t) => {
  const text = readFileSync(path.join(daemons, 'core/desk/may-do.ts'), 'utf8');
  const ofShift = readFileSync(path.join(daemons, 'core/desk/shift.ts'), 'utf8');
  const bare = (source: string): string => source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  // What the centre does by itself is refused to nobody who reads it.
  const ofCentre =
    /claimed to tell|was told by|chain is over|was judged|came meanwhile|^it is (resolved|acknowledged) by x1$|^it is a duplicate of x1$|dwelling lies in its region/;
  const reasons = [...`${bare(text)}\n${bare(ofShift)}`.matchAll(new RegExp(literal, 'g'))]
    .map(([, plain, template]) => filled(plain ?? template ?? ''))
    .filter((one) => / \w+ /.test(one) && !one.includes('\n') && !/^(or|of) /.test(one));
  t.true(reasons.length >= 35, `${reasons.length} were found`);
  t.deepEqual(
    reasons.filter((one) => !ofCentre.test(one) && refusalCode(one).code === undefined),
    [],
  );
});

test('each sentence is known by its own code, with what is in it', (t) => {
  for (const [key, sentence] of Object.entries(en).filter(([one]) => one.startsWith('refusal.'))) {
    const values: Record<string, string> = {};
    const text = String(sentence).replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      values[name] = `v-${name}`;
      return `v-${name}`;
    });
    const known = refusalCode(text);
    t.is(`refusal.${known.code}`, key, text);
    t.deepEqual(known.values ?? {}, values);
  }
  t.deepEqual(refusalCode('nobody ever said this'), {});
  t.deepEqual(refusalCode(`${'x'.repeat(5000)} leads already`), {});
});

test('why a password is weak has a code, whichever it is', (t) => {
  for (const weak of ['short', 'aaaaaaaaaaaaa', 'op-17 walks the dog', 'passwordpassword1x', 'abcdefghijklmno']) {
    const why = weakness(weak, 'op-17');
    t.truthy(why, weak);
    t.truthy(refusalCode(`the password is too weak: ${why}`).code, why ?? '');
  }
});

test('a refusal carries its code and what is in it, beside the words', async (t) => {
  const app = await appOn({});
  t.teardown(() => app.close());
  const missing = (await app.inject({ url: '/api/nothing' })).json();
  t.like(missing.error, { code: 'nothing-here', what: 'there is nothing here' });
  const { post } = await deskRoom(t);
  await post('/api/shift', { what: 'take' }, 'op-1');
  const refused = (await post('/api/shift', { what: 'take' }, 'op-1')).body.error;
  t.like(refused, { code: 'leads-already', values: { by: 'op-1' }, what: 'op-1 leads already' });
});
