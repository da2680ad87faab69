import test from 'ava';
import { dockSection } from '../../daemons/dock/config.ts';
import { answered, longestRequest } from '../../daemons/dock/control.ts';
import { advance, freshLine, type LineSaid } from '../../daemons/dock/line.ts';
import { eventOf } from '../../daemons/dock/said.ts';
import type { Command } from '../../daemons/dock/state.ts';

const section = dockSection.parse({
  motor: { travelMs: 10_000, maxA: 6, inrushMs: 400, restA: 0.5, minV: 22 },
  weather: { maxWindMs: 10 },
  ready: { batteryPercent: 80, uHorizontalM: 5, calibrationAgeH: 24, freeMB: 1 },
});

/** A closed dock with power and a drone in it, behind its control link. */
function dock() {
  let line = freshLine;
  const told: LineSaid[] = [];
  const flights: string[] = [];
  const give = (input: Parameters<typeof advance>[1]): readonly LineSaid[] => {
    const [next, said] = advance(line, input, 0, section);
    line = next;
    told.push(...said);
    return said;
  };
  give({ is: 'level', name: 'atClosed', level: true });
  give({ is: 'level', name: 'seated', level: true });
  give({ is: 'back', what: 'lines', why: '' });
  give({ is: 'supply', volts: 24, amps: 0.05 });
  give({ is: 'wind', speedMs: 3 });
  give({ is: 'drone', airborne: false });
  told.length = 0;
  const say = (text: string): Promise<unknown> =>
    answered(text, {
      state: () => line,
      command: (command: Command, by: string) => give({ is: 'command', command, by }),
      flight: (text) => {
        flights.push(text);
        return ['heard'];
      },
      sortie: null,
    });
  const command = (name: string, by: unknown = 'p7'): Promise<unknown> =>
    say(JSON.stringify({ ask: 'command', command: name, by }));
  return { give, say, command, told, flights, line: () => line };
}

test('what is no request is refused in words and changes nothing', async (t) => {
  const one = dock();
  const before = one.line();
  const bad = [
    ...[
      '',
      'no JSON',
      '[]',
      'null',
      '{"ask":"state","more":1}',
      '{"ask":"fly"}',
      '{"ask":"command","command":"close"}',
    ],
    '{"ask":"command","command":"arm","by":"p7"}',
    '{"ask":"command","command":"close","by":"Jane Doe"}',
    JSON.stringify({ ask: 'flight', command: 'x'.repeat(5000) }),
    '{"ask":"sortie","do":"status"}',
  ];
  for (const text of bad) t.like(await one.say(text), { say: 'refused' }, text);
  t.is(one.line(), before);
  t.deepEqual(one.told, []);
  t.true(longestRequest >= 8192);
});

test('a command at the box that is repeated changes nothing; a contrary one in motion is refused and on the record', async (t) => {
  const one = dock();
  await one.command('open-to-launch');
  t.is(one.line().dock.mode, 'opening');
  const opening = one.line();
  await one.command('open-to-launch');
  t.deepEqual(one.line().dock, opening.dock);
  await one.command('close');
  t.is(one.line().dock.mode, 'opening');
  t.deepEqual(
    one.told.map((said) => eventOf(said).type),
    ['dock-state', 'dock-refused'],
  );
  t.like(eventOf(one.told[1] as LineSaid), { severity: 'warning', detail: { command: 'close', by: 'p7' } });
  await one.command('stop');
  t.is(one.line().dock.motor, 'off');
});

test('override by hand needs the key switch at the box, and says who', async (t) => {
  const one = dock();
  await one.command('maintain');
  await one.command('hand-open');
  t.is(one.line().dock.mode, 'closed');
  t.deepEqual(
    one.told.map((said) => (said.is === 'refused' ? said.why : said.is)),
    ['nobody-at-the-box', 'nobody-at-the-box'],
  );
  one.give({ is: 'level', name: 'person', level: true });
  await one.command('maintain', 'p9');
  await one.command('hand-open', 'p9');
  t.is(one.line().dock.motor, 'opens');
  const byHand = one.told.filter(({ is }) => is === 'by-hand');
  t.deepEqual(
    byHand.map((said) => eventOf(said).message),
    ['maintain at the box, by p9', 'hand-open at the box, by p9'],
  );
  one.give({ is: 'level', name: 'person', level: false });
  t.is(one.line().dock.motor, 'off');
});

test('a command of the centre is handed on as it came, and opens no hatch', async (t) => {
  const one = dock();
  const before = one.line();
  t.deepEqual(await one.say(JSON.stringify({ ask: 'flight', command: '{"about":{"what":"open"}}' })), {
    ...{ say: 'flight', told: ['heard'] },
  });
  t.deepEqual(one.flights, ['{"about":{"what":"open"}}']);
  t.is(one.line(), before);
});
