/** Events, requests and topology: taken once, and answered where somebody waits for it. */
import type { Stamp } from '../core/values/stamp.ts';
import type { Order } from './ageing.ts';
import { isAnswered, replyTo } from './answers.ts';
import { changed } from './hms.ts';
import type { Message } from './message.ts';
import { isObject } from './read.ts';
import { remembered, seen } from './repeats.ts';
import { endedEvent, event, mediaEvent, raisedEvent } from './said.ts';
import { chained, counted, type LineState, once, type Setup, type Step, say } from './state.ts';
import { type Answered, replyTopic } from './topics.ts';

export interface Exchanged {
  readonly way: Answered;
  readonly order: Order;
  readonly at: Stamp;
  readonly setup: Setup;
}

export function exchange(state: LineState, message: Message, { way, order, at, setup }: Exchanged): Step {
  const nowMs = at.monoNs / 1e6;
  const { tid, method } = message;
  const key = `${way} ${tid} ${method}`;
  const before = tid === null ? 'new' : seen(state.repeats, key, nowMs, setup.section.answerAgainMs);
  const waits = setup.wiring.answeredBy === 'this-box' && (way !== 'events' || message.needReply);
  if (before === 'redelivered') return [counted(state, 'redelivered'), []];
  return chained(
    state,
    (one) => (before === 'new' ? happened(one, message, { way, order, at, setup }) : [one, []]),
    (one) => {
      if (tid === null)
        return waits
          ? once(one, `no-tid ${way}`, () =>
              event('unanswered', 'warning', `${way}: a message without tid cannot be answered`),
            )
          : [one, []];
      const next = { ...one, repeats: remembered(one.repeats, key, nowMs) };
      if (!waits) return [next, []];
      const text = replyTo(way, message, Math.round(at.wallMs), setup.knows);
      return [counted(next, 'replies'), [{ is: 'reply', topic: replyTopic(setup.wiring.dock, way), text, key }]];
    },
  );
}

function happened(state: LineState, { method, data }: Message, { way, order, setup }: Exchanged): Step {
  const name = (method ?? 'no method').slice(0, 64);
  if (way === 'status') return topology(state, data, setup);
  if (way === 'requests') {
    if (setup.wiring.answeredBy !== 'this-box' || isAnswered(method, setup.knows)) return [state, []];
    return once(state, `request ${name}`, () =>
      event(
        'request-refused',
        'warning',
        `the dock asks for ${name}, which this box does not give: it is answered with an error`,
        { method: name },
      ),
    );
  }
  switch (method) {
    case 'hms':
      // A list that is older than the one that was taken says nothing of what stands now.
      return order === 'back' ? [state, []] : health(state, data, setup);
    case 'file_upload_callback':
      return [state, [say(mediaEvent(data))]];
    default:
      return once(state, `method ${name}`, () =>
        event(
          'event-unread',
          'info',
          `the dock tells events of the kind ${name}, which are kept as they came and not interpreted`,
          { method: name },
        ),
      );
  }
}

function health(state: LineState, data: Message['data'], { words }: Setup): Step {
  const change = changed(state.warnings, data, words);
  if (change === null)
    return once(state, 'hms no list', () =>
      event('wrong', 'warning', 'a health message has no list; what stands is unchanged'),
    );
  const { standing, raised, ended, unread } = change;
  return chained(
    { ...state, warnings: standing },
    (one) => [one, [...raised.map(raisedEvent), ...ended.map(endedEvent)].map(say)],
    (one) =>
      unread === 0
        ? [one, []]
        : once(one, 'hms unread', () =>
            event('wrong', 'warning', `${unread} entries of a health message say no code, or are too many`),
          ),
  );
}

function topology(state: LineState, data: Message['data'], setup: Setup): Step {
  const devices = Array.isArray(data.sub_devices) ? data.sub_devices.filter(isObject).slice(0, 4) : null;
  if (devices === null)
    return once(state, 'topology', () =>
      event('wrong', 'warning', 'a topology has no list of devices; it changes nothing'),
    );
  const serials = devices.flatMap(({ sn }) => (typeof sn === 'string' ? [sn.slice(0, 64)] : []));
  const isOn = setup.wiring.drone !== undefined && serials.includes(setup.wiring.drone);
  const message =
    serials.length === 0 ? 'no drone is connected to the dock' : `connected to the dock: ${serials.join(', ')}`;
  return chained(
    state,
    (one) => [one, [say(event('topology', 'info', message, { serials, own: isOn }))]],
    ...serials.map((serial) => (one: LineState) => strangerTold(one, serial, setup)),
  );
}

export function strangerTold(state: LineState, serial: unknown, { wiring }: Setup): Step {
  if (typeof serial !== 'string' || serial === '' || serial === wiring.drone) return [state, []];
  return once(state, `stranger ${serial}`, () =>
    event(
      'stranger',
      'warning',
      `drone ${serial} is in the dock and not in the board file (dji.drone): nothing of it is read`,
      { serial },
    ),
  );
}
