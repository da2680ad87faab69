/**
 * The whole of a DJI dock as one pure step: messages in; events, values of the feed, readings, raw records and replies out.
 * Whatever a message is, the step ends: what cannot be read is told once and kept as it came.
 */
import { type Position, trackStep } from '../core/feed/pieces.ts';
import { take } from '../core/feed/take.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Stamp } from '../core/values/stamp.ts';
import { type Aged, aged, freshAgeing } from './ageing.ts';
import { allowed } from './allowance.ts';
import { readingsIn } from './environment.ts';
import { exchange, strangerTold } from './exchange.ts';
import { streamsStep } from './live.ts';
import { type Message, messageOf } from './message.ts';
import { poseIn } from './pose.ts';
import { dockProperties, droneProperties } from './properties.ts';
import { rawOf } from './raw.ts';
import { propertiesIn } from './read.ts';
import { readiness } from './readiness.ts';
import { forgotten } from './repeats.ts';
import { event, readinessEvent, turnsEvent } from './said.ts';
import {
  chained,
  counted,
  type Input,
  type LineState,
  mostTold,
  type Output,
  once,
  type Setup,
  type Step,
  say,
} from './state.ts';
import { merged } from './status.ts';
import { type Origin, originsOf } from './topics.ts';

export function advance(state: LineState, input: Input, at: Stamp, setup: Setup): Step {
  switch (input.is) {
    case 'message':
      return received(state, input, at, setup);
    case 'not-sent':
      return [{ ...state, repeats: forgotten(state.repeats, input.key) }, []];
    case 'tick':
      return looked(state, at.monoNs / 1e6, setup);
  }
}

function received(
  state: LineState,
  { topic, payload }: { readonly topic: string; readonly payload: Uint8Array },
  at: Stamp,
  setup: Setup,
): Step {
  const origin = originsOf(setup.wiring).get(topic);
  if (!origin) return [state, []];
  const nowMs = at.monoNs / 1e6;
  const [allowance, leave] = allowed(state.allowance, nowMs);
  const began = { ...state, allowance };
  const storm = (message: string): Output => say(event('storm', 'warning', message, { left: state.allowance.left }));
  if (leave === 'left-out') return [counted(began, 'leftOut'), []];
  if (leave === 'storm-begins')
    return [
      counted(began, 'leftOut'),
      [storm('more messages than any dock sends: what is too much is left out, neither kept nor answered')],
    ];
  const over =
    leave === 'storm-over' ? [storm(`the storm is over, ${state.allowance.left} messages were left out`)] : [];
  const raw: Output = { is: 'raw', raw: rawOf(topic, payload) };
  const next = counted(began, 'messages');
  try {
    const [taken, outputs] = understood(next, messageOf(payload), { origin, at, setup });
    return [taken, [...over, raw, ...outputs]];
  } catch (error) {
    if (!isFault(error)) throw error;
    const [told, outputs] = once(counted(next, 'unreadable'), `unreadable ${topic}`, () =>
      event('unreadable', 'warning', `${topic}: ${error.message}; it is kept as it came, later ones are counted`, {
        topic,
      }),
    );
    return [told, [...over, raw, ...outputs]];
  }
}

interface Coming {
  readonly origin: Origin;
  readonly at: Stamp;
  readonly setup: Setup;
}

function understood(state: LineState, message: Message, { origin, at, setup }: Coming): Step {
  const { from, way } = origin;
  const nowMs = at.monoNs / 1e6;
  const key = `${from} ${way}`;
  const [ageing, age] = aged(state.ageing[key] ?? freshAgeing, message.sentMs, nowMs, setup.section.lateMs);
  const heard = from === 'dock' && way === 'osd' ? { heardMs: nowMs } : {};
  const next: LineState = { ...state, ...heard, ageing: { ...state.ageing, [key]: ageing } };
  return chained(
    age.order === 'in-order' ? next : counted(next, 'late'),
    (one) => orderTold(one, key, age),
    (one) => {
      if (way === 'osd' || way === 'state') return reported(one, message, { origin, at, setup }, age);
      return exchange(one, message, { way, order: age.order, at, setup });
    },
  );
}

const orders: Readonly<Partial<Record<Aged['order'], string>>> = {
  late: 'messages come later than others did: their values count as of when they were sent',
  back: 'messages are older than one that came before: they are kept and change nothing',
  stepped: 'the clock of the dock, or the delay of its link, changed for good: it is counted on from here',
  unstamped: 'messages do not say when they were sent: they count as of their coming',
};

function orderTold(state: LineState, key: string, { order }: Aged): Step {
  const words = orders[order];
  if (words === undefined) return [state, []];
  return once(state, `${order} ${key}`, () => event(`time-${order}`, 'warning', `${key}: ${words}`, { of: key }));
}

/** Reports that are held against the next ones: a dock sends some three at once. */
const mostReports = 32;

function reported(state: LineState, message: Message, coming: Coming, age: Aged): Step {
  const { tid, sentMs } = message;
  const { from, way } = coming.origin;
  if (tid === null || sentMs === null) return properties(state, message, coming, age);
  const report = `${from} ${way} ${tid} ${sentMs}`;
  if (state.reports.includes(report)) return [counted(state, 'redelivered'), []];
  const reports = [...state.reports, report].slice(-mostReports);
  return properties({ ...state, reports }, message, coming, age);
}

function properties(state: LineState, { data }: Message, { origin, at, setup }: Coming, { order, sentMs }: Aged): Step {
  const { from } = origin;
  const table = from === 'dock' ? dockProperties : droneProperties;
  const found = propertiesIn(data, table);
  const odd = (kind: string, names: readonly string[], words: string) => (one: LineState) => {
    const news = names.filter((name) => !one.told.has(`${kind} ${from} ${name}`));
    if (news.length === 0 || one.told.size >= mostTold) return [one, []] as const;
    const told = new Set([...one.told, ...news.map((name) => `${kind} ${from} ${name}`)]);
    return [
      { ...one, told },
      [say(event(kind, 'info', `the ${from}: ${words}: ${news.join(', ')}`, { from, names: news }))],
    ] as const;
  };
  return chained(
    state,
    odd('unnamed', found.unnamed, 'properties that Fieldpost does not know, kept as they came'),
    odd('wrong', found.wrong, 'properties that are not what the documentation says, passed over'),
    odd('strange', found.strange, 'numbers that the documentation does not name, kept as they are'),
    (one) => {
      // Older than what is known: it changes nothing.
      if (order === 'back') return [one, []];
      const [known, turns] = merged(one[from], found.values, sentMs);
      const changes = turnsEvent(from, turns, table);
      const sent: Stamp = { ...at, wallMs: at.wallMs - (at.monoNs / 1e6 - sentMs), monoNs: sentMs * 1e6 };
      const readings = readingsIn(from, found, sent, setup.flags);
      const outputs: readonly Output[] = [
        ...(changes ? [say(changes)] : []),
        ...(readings.length > 0 ? [{ is: 'readings' as const, readings }] : []),
      ];
      return [{ ...one, [from]: known }, outputs];
    },
    (one) => (one.dock.drone_in_dock?.value === 1 ? tracked(one, null) : [one, []]),
    (one) =>
      from === 'drone' && order !== 'back' ? posed(one, poseIn(found, data, setup.wiring), sentMs * 1e6) : [one, []],
    (one) => {
      const [streams, events] = streamsStep(one.streams, data.live_status, setup.wiring.live?.camera ?? null);
      return [{ ...one, streams }, events.map(say)];
    },
    (one) => strangerTold(one, found.values['sub_device.device_sn'], setup),
  );
}

function posed(state: LineState, seenNow: ReturnType<typeof poseIn>, monoNs: number): Step {
  const outputs: Output[] = [];
  let { taking } = state;
  for (const one of seenNow) {
    const [next, told] = take(taking, one, monoNs);
    taking = next;
    for (const each of told)
      outputs.push(
        each.kind === 'event'
          ? say(event(`vehicle-${each.type}`, 'warning', `the drone: ${each.type} ${each.detail}`, { ...each }))
          : { is: 'feed', told: each },
      );
  }
  const positions = outputs.flatMap((one) => (one.is === 'feed' && one.told.kind === 'position' ? [one.told] : []));
  return chained(
    { ...state, taking },
    (one) => [one, outputs],
    // What stands in the dock is where the dock is; whether it does must be known.
    ...(state.dock.drone_in_dock?.value === 0 ? positions : []).map(
      (position) => (one: LineState) => tracked(one, position),
    ),
  );
}

function tracked(state: LineState, position: Position | null): Step {
  const [track, pieces] = trackStep(state.track, position);
  return [{ ...state, track }, pieces.map(say)];
}

/** What only time tells: silence, and readiness. */
function looked(state: LineState, nowMs: number, { section }: Setup): Step {
  const since = state.sinceMs ?? nowMs;
  const quietMs = nowMs - (state.heardMs ?? since);
  const silent = quietMs > section.silentMs;
  const [seconds, never] = [Math.round(quietMs / 1000), state.heardMs === null];
  const stands = { dock: state.dock, warnings: state.warnings, heardMs: state.heardMs };
  const ready = readiness(stands, section, nowMs);
  // Ages count up inside the sentences: matters are compared.
  const matters = JSON.stringify(ready.reasons.map(({ matter }) => matter));
  const outputs = [
    ...(silent && !state.silent
      ? [
          event(
            'silent',
            'error',
            never
              ? `the dock was not heard in ${seconds} s`
              : `the dock is silent for ${seconds} s: nothing of it is known`,
            { seconds, never },
          ),
        ]
      : []),
    ...(!silent && state.silent ? [event('heard-again', 'info', 'the dock is heard again')] : []),
    ...(matters === state.matters ? [] : [readinessEvent(ready)]),
  ].map(say);
  return [{ ...state, sinceMs: since, silent, matters }, outputs];
}
