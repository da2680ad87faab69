import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { signerOf } from '../../daemons/core/evidence/seal.ts';
import { moved } from '../../daemons/core/feed/place.ts';
import { type Command, type CommandAbout, commandMs, signCommand } from '../../daemons/core/wire/command.ts';
import {
  type FlightRules,
  type Flights,
  type FlightsInput,
  type FlightsOutput,
  flightsStep,
  noFlights,
} from '../../daemons/dock/flights.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const centre = signerOf(keys.privateKey);
const stranger = signerOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const post = { lat: 47.3, lon: 8.5 };
const rules: FlightRules = {
  device: 'dock-1',
  signers: [keys.publicKey],
  section: {
    signers: [centre.publicKey],
    autopilot: 'px4',
    limits: {
      ...{ minAltM: 10, maxAltM: 60, marginM: 20 },
      fence: [
        [500, 500],
        [500, -500],
        [-500, -500],
        [-500, 500],
      ].map(([north = 0, east = 0]) => moved(post, north, east)),
    },
    shape: { altM: 30, speedMs: 4, widthM: 120, stepM: 40, transects: 4 },
    validMs: 900_000,
  },
};
const wallMs = Date.UTC(2026, 5, 1);
const at = (ms: number) => ({ monoMs: 1000 + ms, wallMs: wallMs + ms, boot: 'b0000000-1' });
let commands = 0;
const said = (about: CommandAbout, part: Partial<Command> = {}, signer = centre): Command => ({
  ...signCommand(signer, {
    ...{ id: `c${commands++}`, device: 'dock-1', by: 'op-17', atMs: wallMs, untilMs: wallMs + commandMs },
    ...(part as Partial<Pick<Command, 'id' | 'device' | 'atMs' | 'untilMs'>>),
    about,
  }),
});
const asked = (one: unknown, armed: boolean | null = false): FlightsInput => ({
  ...{ is: 'command', text: typeof one === 'string' ? one : JSON.stringify(one), armed, fromDeg: null },
});
const propose: CommandAbout = { what: 'propose', alert: 'a1', post, fromDeg: 90 };

const eventsOf = (out: readonly FlightsOutput[]) => out.flatMap((one) => (one.is === 'event' ? [one.event] : []));
const whyOf = (out: readonly FlightsOutput[]): unknown => eventsOf(out)[0]?.detail.why;

/** A dock with one proposal, and the words on it. */
function withProposal() {
  const [state, out] = flightsStep(noFlights, asked(said(propose)), at(0), rules);
  const [one] = state.proposals;
  if (!one) throw new Error('no proposal');
  const about = (what: 'approve' | 'reject' | 'withdraw', part: Partial<{ proposal: string; mission: string }> = {}) =>
    ({ what, proposal: one.id, mission: one.sha256, ...part }) as CommandAbout;
  return { state, out, one, about };
}
const unchanged = ({ proposals }: Flights, { proposals: before }: Flights): boolean => proposals === before;

test('a question of a person at the centre becomes a proposal with its track, its plan and its hash, and nothing is uploaded', (t) => {
  const { out, one } = withProposal();
  t.deepEqual(
    out.map(({ is }) => is),
    ['event'],
  );
  const [event] = eventsOf(out);
  const detail = event?.detail as { readonly path: readonly unknown[]; readonly plan: string };
  t.like(detail, { is: 'proposed', proposal: one.id, alert: 'a1', by: 'op-17', fromDeg: 90, altM: 30 });
  t.is(detail.path.length, 8);
  t.is(JSON.parse(detail.plan).fileType, 'Plan');
});

test('where no flight can be made, or no wind is known, the reason is said', (t) => {
  const no = (about: CommandAbout) => whyOf(flightsStep(noFlights, asked(said(about)), at(0), rules)[1]);
  t.is(no({ ...propose, fromDeg: null }), 'no-wind-direction');
  t.is(no({ ...propose, post: moved(post, 900, 0) }), 'post-outside-fence');
});

test('the dock hears the wind where the post does not', (t) => {
  const question = { ...asked(said({ ...propose, fromDeg: null })), fromDeg: 180 } as FlightsInput;
  t.is(eventsOf(flightsStep(noFlights, question, at(0), rules)[1])[0]?.detail.fromDeg, 180);
});

test('approved by a person it is uploaded, who and when is on the record, and then it is on the drone', (t) => {
  const { state, one, about } = withProposal();
  const word = said(about('approve'), { id: 'word' });
  const [next, out] = flightsStep(state, asked(word), at(5000), rules);
  t.like(eventsOf(out)[0]?.detail, { is: 'approved', by: 'op-17', atMs: wallMs, command: 'word', sha256: one.sha256 });
  t.deepEqual(out.at(-1), { is: 'upload', items: one.items });
  const [last, done] = flightsStep(next, { is: 'uploaded' }, at(9000), rules);
  t.is(eventsOf(done)[0]?.detail.is, 'uploaded');
  t.is(last.proposals[0]?.state, 'uploaded');
});

test('rejected it is never uploaded, whatever is said later', (t) => {
  const { state, about } = withProposal();
  const [no, out] = flightsStep(state, asked(said(about('reject'))), at(1), rules);
  t.like(eventsOf(out)[0]?.detail, { is: 'rejected', by: 'op-17' });
  const [still, more] = flightsStep(no, asked(said(about('approve'))), at(2), rules);
  t.is(whyOf(more), 'contrary');
  t.true(unchanged(still, no));
  t.true(more.every(({ is }) => is !== 'upload'));
});

const bad: readonly (readonly [string, (about: ReturnType<typeof withProposal>['about']) => unknown, number?])[] = [
  ['unreadable', () => 'no JSON'],
  ['unreadable', (about) => ({ ...said(about('approve')), signature: undefined })],
  ['unreadable', (about) => ({ ...said(about('approve')), more: 1 })],
  ['foreign-key', (about) => said(about('approve'), {}, stranger)],
  ['forged', (about) => ({ ...said(about('approve')), by: 'op-18' })],
  ['forged', (about) => ({ ...said(about('approve')), signature: '' })],
  ['forged', (about) => ({ ...said(about('reject')), about: about('approve') })],
  ['forged', (about) => ({ ...said(about('approve')), untilMs: wallMs + 1e9 })],
  ['for-another', (about) => said(about('approve'), { device: 'dock-2' })],
  ['late', (about) => said(about('approve')), commandMs + 1],
  ['late', (about) => said(about('approve'), { untilMs: wallMs + 1e9 }), 900_001],
  ['early', (about) => said(about('approve'), { atMs: wallMs + 600_000, untilMs: wallMs + 700_000 })],
  ['unknown-proposal', (about) => said(about('approve', { proposal: 'other' }))],
  ['other-mission', (about) => said(about('approve', { mission: '0'.repeat(64) }))],
];
for (const [i, [why, make, laterMs = 1]] of bad.entries())
  test(`a command that is ${why} (${i}) is an event and changes nothing`, (t) => {
    const { state, about } = withProposal();
    const [next, out] = flightsStep(state, asked(make(about)), at(laterMs), rules);
    t.is(whyOf(out), why);
    t.is(out.length, 1);
    t.true(unchanged(next, state));
  });

test('a command that is repeated is an event and changes nothing, also when it was refused before', (t) => {
  const { state, about } = withProposal();
  const word = said(about('approve'));
  const [first] = flightsStep(state, asked(word), at(1), rules);
  const [second, out] = flightsStep(first, asked(word), at(2), rules);
  t.is(whyOf(out), 'repeated');
  t.true(unchanged(second, first));
  const [armed] = flightsStep(state, asked(word, true), at(1), rules);
  t.is(whyOf(flightsStep(armed, asked(word), at(2), rules)[1]), 'repeated');
});

test('a drone that is armed, or was not heard, is not written to; one that is armed meanwhile is let alone', (t) => {
  const { state, about } = withProposal();
  for (const armed of [true, null])
    t.is(whyOf(flightsStep(state, asked(said(about('approve')), armed), at(1), rules)[1]), 'drone-not-at-rest');
  const [uploading] = flightsStep(state, asked(said(about('approve'))), at(1), rules);
  const [, out] = flightsStep(uploading, { is: 'tick', armed: true }, at(2), rules);
  t.is(out[0]?.is, 'cancel');
});

test('an upload that failed may be approved again, by a new word', (t) => {
  const { state, about } = withProposal();
  const [uploading] = flightsStep(state, asked(said(about('approve'))), at(1), rules);
  t.is(whyOf(flightsStep(uploading, asked(said(about('approve'))), at(2), rules)[1]), 'contrary');
  const [failed, out] = flightsStep(uploading, { is: 'failed', why: 'w' }, at(2), rules);
  t.like(eventsOf(out)[0]?.detail, { is: 'failed', why: 'w' });
  t.is(flightsStep(failed, asked(said(about('approve'))), at(3), rules)[1].at(-1)?.is, 'upload');
});

test('a proposal that nobody decided on is over, also when the wall clock went back', (t) => {
  const { state, about } = withProposal();
  const [over, out] = flightsStep(state, { is: 'tick', armed: null }, { ...at(900_001), wallMs: 0 }, rules);
  t.is(eventsOf(out)[0]?.detail.is, 'over');
  const word = asked(said(about('approve')));
  t.is(whyOf(flightsStep(over, word, { ...at(900_002), wallMs }, rules)[1]), 'late');
});

test('a flood of forged commands fills neither disk nor memory', (t) => {
  let { state } = withProposal();
  let events = 0;
  for (let i = 0; i < 1000; i++) {
    const [next, out] = flightsStep(state, asked(`{${i}`), at(i), rules);
    state = next;
    events += out.length;
  }
  t.is(events, 60);
  t.is(state.proposals.length, 1);
});

test('whatever is said in whatever order: an upload only ever follows an approval, and only of what was proposed', (t) => {
  const { state: begun, about } = withProposal();
  const words = (['approve', 'reject'] as const).map((what) => said(about(what)));
  const any = fc.oneof(
    fc.constantFrom(...words).map((one) => asked(one)),
    fc.constantFrom(...words).map((one) => asked({ ...one, by: 'op-99' })),
    fc.constantFrom<FlightsInput>({ is: 'uploaded' }, { is: 'failed', why: 'w' }, { is: 'tick', armed: false }),
    fc.constant(asked(said(propose))),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 20 }), (inputs) => {
      let state = begun;
      let approved = 0;
      for (const [i, input] of inputs.entries()) {
        const [next, out] = flightsStep(state, input, at(i), rules);
        state = next;
        approved += eventsOf(out).filter(({ detail }) => detail.is === 'approved').length;
        const uploads = out.filter(({ is }) => is === 'upload');
        t.true(uploads.length <= approved);
        for (const one of uploads)
          t.true(begun.proposals.some(({ items }) => one.is === 'upload' && one.items === items));
        t.true(state.proposals.length <= 16);
      }
      t.true(approved <= 1);
    }),
    { numRuns: 300 },
  );
});

/** What a dock does with these words, one after the other, from a mission that is on the drone. */
function onDrone() {
  const { state, about } = withProposal();
  const [uploading] = flightsStep(state, asked(said(about('approve'))), at(1), rules);
  const [uploaded] = flightsStep(uploading, { is: 'uploaded' }, at(2), rules);
  return { uploaded, about };
}

test('a mission on the drone is withdrawn by a signed word, also after its time, and is cleared from a drone at rest alone', (t) => {
  const { uploaded, about } = onDrone();
  const late = 1_000_000;
  const word = () => said(about('withdraw'), { atMs: wallMs + late, untilMs: wallMs + late + commandMs });
  for (const armed of [true, null]) {
    const [still, out] = flightsStep(uploaded, asked(word(), armed), at(late), rules);
    t.is(whyOf(out), 'drone-not-at-rest');
    t.true(unchanged(still, uploaded));
  }
  const [going, out] = flightsStep(uploaded, asked(word()), at(late), rules);
  t.like(out[1], { is: 'clear', left: 0 });
  t.like(eventsOf(out)[0]?.detail, { is: 'withdrawing', by: 'op-17' });
  t.is(flightsStep(going, { is: 'tick', armed: true }, at(late), rules)[1][0]?.is, 'cancel');
  const [stays, told] = flightsStep(going, { is: 'failed', why: 'the drone did not answer' }, at(late), rules);
  t.regex(
    eventsOf(told)[0]?.message ?? '',
    /may still be on the drone: the drone did not answer; it may be withdrawn again/,
  );
  t.is(stays.proposals[0]?.state, 'uploaded');
  const [gone, last] = flightsStep(going, { is: 'cleared' }, at(late), rules);
  t.is(gone.proposals[0]?.state, 'withdrawn');
  t.is(eventsOf(last)[0]?.detail.is, 'withdrawn');
  t.is(whyOf(flightsStep(gone, asked(word()), at(late), rules)[1]), 'contrary');
  const ardupilot = { ...rules, section: { ...rules.section, autopilot: 'ardupilot' } } as const;
  t.like(flightsStep(uploaded, asked(word()), at(late), ardupilot)[1][1], { is: 'clear', left: 1 });
});

test('what is only proposed is not withdrawn, and what another mission took the place of neither', (t) => {
  const { state, about } = withProposal();
  t.is(whyOf(flightsStep(state, asked(said(about('withdraw'))), at(1), rules)[1]), 'contrary');
  const first = onDrone();
  const [second] = flightsStep(first.uploaded, asked(said(propose)), at(3), rules);
  const other = second.proposals.at(-1);
  const approve = { what: 'approve', proposal: other?.id ?? '', mission: other?.sha256 ?? '' } as const;
  const [uploading] = flightsStep(second, asked(said(approve)), at(4), rules);
  const [both] = flightsStep(uploading, { is: 'uploaded' }, at(5), rules);
  t.deepEqual(
    both.proposals.map(({ state: is }) => is),
    ['over', 'uploaded'],
  );
  t.is(whyOf(flightsStep(both, asked(said(first.about('withdraw'))), at(6), rules)[1]), 'contrary');
});
