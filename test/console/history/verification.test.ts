import test from 'ava';
import { verificationOf } from '../../../daemons/console/history/verification.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { archiveOf } from '../../support/flights.ts';
import { bundleOf, signedPost } from '../../support/signed-post.ts';

const post = await signedPost();
const whole = await bundleOf(post);
test.after.always(() => post.remove());
const archive = { ...archiveOf([]), revisions: async () => [] };
const verdictOf = (text: string) => verificationOf(archive, async () => text, 'a');

test('what is whole is told link by link, and what nobody vouches for is left open', async (t) => {
  const { verdict, lines } = await verdictOf(whole);
  // Whose key it is stays open: no authority is held against it here.
  t.is(verdict, 'partly');
  t.true(lines.some(({ ok, text }) => ok === true && /each link follows/.test(text)));
  t.false(lines.some(({ ok }) => ok === false));
});

test('a changed number is broken, and the link is named', async (t) => {
  const { verdict, lines } = await verdictOf(whole.replace('"condition":"raised"', '"condition":"held"'));
  t.is(verdict, 'broken');
  t.regex(lines.find(({ ok }) => ok === false)?.text ?? '', / alert \d+: /);
});

test('of what is not kept nothing is said, and what is too large is left to the verbs', async (t) => {
  const none = await verificationOf(
    archive,
    async () => {
      throw new Fault('absent', 'no revision of it is held here');
    },
    'a',
  );
  t.deepEqual(none, { verdict: 'nothing', lines: [{ ok: null, text: 'no revision of it is held here' }] });
  t.is((await verdictOf('x'.repeat(16_000_001))).verdict, 'nothing');
});
