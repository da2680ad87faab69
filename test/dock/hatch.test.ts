import test from 'ava';
import { step } from '../../daemons/dock/hatch.ts';
import { type Command, type Dock, freshDock, type Input, type Said, type Seen } from '../../daemons/dock/state.ts';
import { inputs, walk } from './interlocks.ts';

const home: Seen = {
  atOpen: false,
  atClosed: true,
  seated: true,
  airborne: false,
  weather: 'fine',
  power: true,
  stopPressed: false,
  person: false,
};
const away = { seated: false, airborne: true } as const;
const ask = (command: Command): Input => ({ is: 'command', command, by: 'p1' });
const see = (seen: Partial<Seen>): Input => ({ is: 'seen', seen });

function run(...script: readonly Input[]): { dock: Dock; said: readonly Said[] } {
  let dock = freshDock;
  let said: readonly Said[] = [];
  for (const input of [see(home), ...script]) [dock, said] = step(dock, input);
  return { dock, said };
}
const refusal = ({ said }: { said: readonly Said[] }): string | undefined =>
  said.flatMap((one) => (one.is === 'refused' ? [one.why] : []))[0];

test('no reachable state breaks an interlock, whatever comes', (t) => {
  const { states, transitions, modes, broken } = walk(step);
  t.log(`${states} states, ${inputs.length} inputs, ${transitions} transitions, all of ${modes.size} modes`);
  t.deepEqual(broken, []);
  t.is(transitions, states * inputs.length);
  t.is(modes.size, 8);
});

test('a machine that closes over whatever lies there is found out', (t) => {
  const careless = walk((dock, input) => {
    const isClose = input.is === 'command' && input.command === 'close' && dock.mode === 'open' && dock.seen.power;
    return isClose ? [{ ...dock, mode: 'closing', motor: 'closes' }, []] : step(dock, input);
  });
  t.true(careless.broken.some((one) => one.startsWith('the hatch never closes on a drone that is not seated')));
});

test('a dock opens to launch, closes behind the drone, lets it in again and charges it', (t) => {
  const modes: string[] = [];
  let dock = freshDock;
  const script = [
    see(home),
    ask('open-to-launch'),
    see({ atClosed: false }),
    see({ atOpen: true }),
    see(away),
    ask('close'),
    see({ atOpen: false }),
    see({ atClosed: true }),
    ask('open-to-recover'),
    see({ atClosed: false }),
    see({ atOpen: true }),
    see({ seated: true, airborne: false }),
    ask('close'),
    see({ atOpen: false }),
    see({ atClosed: true }),
    ask('charge'),
  ];
  for (const input of script) {
    [dock] = step(dock, input);
    if (modes.at(-1) !== dock.mode) modes.push(dock.mode);
  }
  t.deepEqual(modes, [
    'closed',
    'opening',
    'open',
    'closing',
    'closed',
    'opening',
    'open',
    'closing',
    'closed',
    'charging',
  ]);
});

test('beyond the limits of weather a launch is refused and a flying drone is let in', (t) => {
  t.is(refusal(run(see({ weather: 'beyond' }), ask('open-to-launch'))), 'weather-beyond-limits');
  t.is(refusal(run(see({ weather: null }), ask('open-to-launch'))), 'weather-unknown');
  t.is(run(see({ weather: 'beyond', ...away }), ask('open-to-recover')).dock.motor, 'opens');
});

test('recovery is no way round the weather for a drone that is home', (t) => {
  t.is(refusal(run(see({ weather: 'beyond' }), ask('open-to-recover'))), 'drone-is-home');
});

test('a launch that weather overtakes closes again over the seated drone', (t) => {
  const { dock } = run(ask('open-to-launch'), see({ atClosed: false }), see({ weather: 'beyond' }));
  t.is(dock.motor, 'closes');
});

test('a drone that moves off its seat stops the closing hatch, which then lets it out', (t) => {
  const open = [ask('open-to-launch'), see({ atClosed: false }), see({ atOpen: true })];
  const moved = [...open, ask('close'), see({ atOpen: false }), see({ seated: false })];
  t.like(run(...moved).dock, { mode: 'jammed', motor: 'off', jam: 'between' });
  t.is(refusal(run(...moved, ask('close'))), 'drone-not-seated');
  t.is(run(...moved, ask('open-to-recover')).dock.motor, 'opens');
});

test('power lost in mid-motion stops it, and power that comes back moves nothing', (t) => {
  const lost = [ask('open-to-launch'), see({ atClosed: false }), see({ power: false })];
  t.like(run(...lost).dock, { mode: 'jammed', motor: 'off' });
  t.like(run(...lost, see({ power: true })).dock, { mode: 'jammed', motor: 'off' });
});

test('too much current jams, and only a person at the box resets it', (t) => {
  const stuck = [ask('open-to-launch'), see({ atClosed: false }), { is: 'over-current' } as const];
  t.like(run(...stuck).dock, { mode: 'jammed', motor: 'off', jam: 'obstructed-opening' });
  t.is(refusal(run(...stuck, ask('open-to-launch'))), 'jammed');
  t.is(refusal(run(...stuck, ask('reset'))), 'nobody-at-the-box');
  t.is(run(...stuck, see({ person: true }), ask('reset')).dock.jam, 'between');
});

test('a released emergency stop starts nothing: a person resets it', (t) => {
  const pressed = [ask('open-to-launch'), see({ stopPressed: true }), see({ stopPressed: false })];
  t.like(run(...pressed).dock, { mode: 'emergency', motor: 'off' });
  t.is(refusal(run(...pressed, ask('open-to-recover'))), 'emergency');
});

test('by hand the hatch moves for a person at the box alone, on the record, and stops when the person leaves', (t) => {
  t.is(refusal(run(ask('maintain'))), 'nobody-at-the-box');
  const began = [see({ person: true }), ask('maintain'), ask('hand-open')];
  const { dock, said } = run(...began);
  t.is(dock.motor, 'opens');
  t.deepEqual(said, [{ is: 'by-hand', command: 'hand-open', by: 'p1' }]);
  t.is(run(...began, see({ person: false })).dock.motor, 'off');
});

test('repeated commands change nothing, contrary ones during motion are refused', (t) => {
  const moving = [ask('open-to-launch'), see({ atClosed: false })];
  t.deepEqual(run(...moving, ask('open-to-launch')).dock, run(...moving).dock);
  t.is(refusal(run(...moving, ask('close'))), 'other-state');
});

test('a hatch that leaves its end without a motor was moved by somebody', (t) => {
  t.like(run(see({ atClosed: false })).dock, { mode: 'jammed', jam: 'moved' });
});
