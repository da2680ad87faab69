import test from 'ava';
import fc from 'fast-check';
import { dockSection } from '../../daemons/dock/config.ts';
import {
  advance,
  freshLine,
  type InputName,
  type LineInput,
  type LineSaid,
  type LineState,
  outputsOf,
} from '../../daemons/dock/line.ts';

const section = dockSection.parse({
  motor: { travelMs: 10_000, maxA: 6, inrushMs: 400, restA: 0.5, minV: 22 },
  weather: { maxWindMs: 10, freshMs: 60_000 },
  vehicle: { freshMs: 5000 },
  ready: { batteryPercent: 80, uHorizontalM: 5, calibrationAgeH: 24, freeMB: 1 },
});

const level = (name: InputName, is: boolean): LineInput => ({ is: 'level', name, level: is });
const amps = (value: number, volts = 24): LineInput => ({ is: 'supply', volts, amps: value });
const ask = (command: Extract<LineInput, { is: 'command' }>['command']): LineInput => ({
  is: 'command',
  command,
  by: 'p1',
});
const tick: LineInput = { is: 'tick' };
/** Closed, a drone in it, powered, a light wind. */
const home: readonly LineInput[] = [
  ...[level('atClosed', true), level('seated', true), { is: 'back', what: 'lines', why: '' } as const],
  ...[amps(0.05), { is: 'wind', speedMs: 3 } as const, { is: 'drone', airborne: false } as const],
];

function run(script: readonly (readonly [number, LineInput])[], from: readonly LineInput[] = home) {
  let state: LineState = freshLine;
  const said: LineSaid[] = [];
  for (const [ms, input] of [...from.map((one) => [0, one] as const), ...script]) {
    const [next, more] = advance(state, input, ms, section);
    state = next;
    said.push(...more);
  }
  return { state, said, dock: state.dock };
}
const opening: readonly (readonly [number, LineInput])[] = [
  [1000, ask('open-to-launch')],
  [1100, level('atClosed', false)],
];

test('what cannot be read from the start on is told once, with its reason', (t) => {
  const lost: LineInput = { is: 'lost', what: 'lines', why: 'no chip' };
  const { said } = run(
    [
      [0, lost],
      [10, lost],
    ],
    [],
  );
  t.deepEqual(said, [lost]);
});

test('before lines and supply are there nothing has power; with both the dock stands as its switches say', (t) => {
  t.false(run([], []).dock.seen.power);
  const { dock } = run([]);
  t.is(dock.mode, 'closed');
  t.true(dock.seen.power);
});

test('a start current is let pass, one that lasts is a jam with the motor off', (t) => {
  const short = run([...opening, [1200, amps(9)], [1500, amps(9)], [1550, amps(3)], [2500, tick]]);
  t.is(short.dock.mode, 'opening');
  const long = run([...opening, [1200, amps(9)], [1601, tick]]);
  t.is(long.dock.jam, 'obstructed-opening');
  t.deepEqual(outputsOf(long.dock, long.state), {
    opens: false,
    closes: false,
    charger: false,
    light: false,
    heater: false,
  });
});

test('a hatch that does not come to its end in time is a jam; one that turns round has its time again', (t) => {
  t.is(run([...opening, [11_000, tick]]).dock.mode, 'opening');
  t.is(run([...opening, [11_001, tick]]).dock.jam, 'obstructed-opening');
  const back = run([...opening, [9000, { is: 'wind', speedMs: 15 }], [18_000, tick]]);
  t.is(back.dock.mode, 'closing');
});

test('a current that was measured before the motor ran is not its own', (t) => {
  const after = run([[900, amps(9)], ...opening, [1900, tick]]);
  t.is(after.dock.mode, 'opening');
  t.is(run([[900, amps(9)], ...opening, [1200, amps(9)], [1601, tick]]).dock.jam, 'obstructed-opening');
});

test('current where all is off, or an output that reads on, is a stuck relay until a person resets it', (t) => {
  for (const wrong of [amps(3), { is: 'read-back', levels: { opens: true } } as const]) {
    const short = run([
      [1000, wrong],
      [1400, wrong],
      [1600, tick],
    ]);
    t.is(short.state.stuck, null);
    const { said, dock, state } = run([
      [1000, wrong],
      [1600, wrong],
      [1700, ask('open-to-launch')],
    ]);
    t.truthy(state.stuck);
    t.false(dock.seen.power);
    t.deepEqual(
      said.filter(({ is }) => is === 'relay-stuck' || is === 'refused').map(({ is }) => is),
      ['relay-stuck', 'refused'],
    );
  }
  const well: LineInput = amps(0.05);
  const script = [
    [1000, amps(3)],
    [1600, amps(3)],
    [2000, well],
  ] as const;
  t.truthy(run([...script, [2100, ask('reset')]]).state.stuck);
  t.is(run([...script, [2100, level('person', true)], [2200, ask('reset')]]).state.stuck, null);
});

test('a supply that cannot be measured, is too low, or lines that are gone stop the motor in mid-motion', (t) => {
  const losses: readonly LineInput[] = [
    { is: 'lost', what: 'supply', why: 'unplugged' },
    { is: 'lost', what: 'lines', why: 'unplugged' },
    amps(3, 21),
    amps(Number.NaN, Number.NaN),
  ];
  for (const loss of losses) {
    const { dock } = run([...opening, [1500, loss]]);
    t.deepEqual([dock.motor, dock.mode, dock.seen.power], ['off', 'jammed', false], JSON.stringify(loss));
  }
  const { said } = run([...opening, [1500, losses[0] as LineInput], [1600, losses[0] as LineInput]]);
  t.is(said.filter(({ is }) => is === 'lost').length, 1);
});

test('old wind and a drone that fell silent are not known, and rain is beyond the limits', (t) => {
  t.is(run([[61_000, tick]]).dock.seen.weather, null);
  t.is(run([[1000, level('rain', true)]]).dock.seen.weather, 'beyond');
  t.is(run([[1000, { is: 'wind', speedMs: Number.NaN }]]).dock.seen.weather, 'beyond');
  t.is(run([[4000, tick]]).dock.seen.airborne, false);
  t.is(run([[5001, tick]]).dock.seen.airborne, null);
});

test('whatever comes, both directions are never on, and nothing is driven without power or with the stop pressed', (t) => {
  const input: fc.Arbitrary<LineInput> = fc.oneof(
    fc.record({
      is: fc.constant('level' as const),
      name: fc.constantFrom<InputName>('atOpen', 'atClosed', 'stopPressed', 'person', 'seated', 'rain'),
      level: fc.boolean(),
    }),
    fc.record({
      is: fc.constant('supply' as const),
      volts: fc.constantFrom(24, 20, Number.NaN),
      amps: fc.constantFrom(0, 3, 9),
    }),
    fc.constantFrom<LineInput>(
      { is: 'lost', what: 'lines', why: '' },
      { is: 'lost', what: 'supply', why: '' },
      { is: 'back', what: 'lines', why: '' },
      tick,
    ),
    fc.constantFrom<LineInput>(
      { is: 'wind', speedMs: 3 },
      { is: 'wind', speedMs: 30 },
      { is: 'drone', airborne: true },
      { is: 'drone', airborne: null },
    ),
    fc.constantFrom<LineInput>(
      ...(
        [
          'open-to-launch',
          'open-to-recover',
          'close',
          'charge',
          'maintain',
          'hand-open',
          'hand-close',
          'reset',
        ] as const
      ).map(ask),
    ),
    fc.constantFrom<LineInput>({ is: 'read-back', levels: { opens: true } }, { is: 'read-back', levels: {} }),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 5000 }), input), { maxLength: 60 }), (steps) => {
        let [state, now] = [freshLine, 0];
        for (const one of home) [state] = advance(state, one, 0, section);
        for (const [ms, one] of steps) {
          now += ms;
          [state] = advance(state, one, now, section);
          const { opens, closes } = outputsOf(state.dock, state);
          if (opens && closes) return false;
          const powered = state.lost.size === 0 && state.stuck === null && (state.volts ?? 0) >= section.motor.minV;
          if ((opens || closes || state.dock.charger) && (!powered || state.dock.seen.stopPressed)) return false;
        }
        return true;
      }),
    ),
  );
});
