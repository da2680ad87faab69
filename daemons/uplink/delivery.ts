/** The work of the uplink on one connection after another: what goes out, what comes back, what is reported. */
import type { Running } from '../core/daemon/running.ts';
import { available, bucket, filled, spent } from '../core/flow/bucket.ts';
import type { Broker } from '../core/ports/broker.ts';
import { type Fault, isFault } from '../core/ports/fault.ts';
import type { Spooled } from '../core/ports/spool.ts';
import type { Receipt } from '../core/wire/messages.ts';
import { packed } from '../core/wire/packed.ts';
import { maxPayloadBytes } from '../core/wire/parse.ts';
import { headTopicOf, topicOf } from '../core/wire/topics.ts';
import type { UplinkSection } from './config.ts';
import { type Kind, kinds, type Lane, lookUp, type Outgoing } from './outgoing.ts';
import { answered, isCareful, lost, noSuspicion } from './suspicion.ts';
import { absent, dueAgain, held, isNew, type Landing, landed, launched, nudged, passed, room } from './window.ts';
import { headOf, type Undeliverable } from './words.ts';

export interface Delivery {
  /** Hands to the broker what may go now, most urgent first; resolves when it is on its way. */
  send(spools: readonly Outgoing[]): Promise<void>;
  /** Settles what a receipt confirms. Gives what follows: see `Landing`. */
  take(receipt: Receipt, one: Outgoing): Promise<readonly Landing[]>;
  /** Tells that the connection is gone. */
  disconnected(spools: Iterable<Outgoing>): void;
  /** Whether something is on the way that nobody confirmed. */
  waits(spools: Iterable<Outgoing>): boolean;
}

export interface DeliveryOptions {
  readonly site: string;
  readonly device: string;
  readonly section: UplinkSection;
  readonly broker: Broker;
  /** The broker answered something: there may be room again. */
  readonly onAnswer: () => void;
  readonly onUndeliverable: (one: Undeliverable) => void;
  /** A spool that cannot be read any more. */
  readonly onUnreadable: (one: Outgoing) => Promise<void>;
}

interface Unanswered {
  readonly name: string;
  readonly kind: Kind;
  readonly seq: number;
}

/** Of the window, what history may fill: an alert then waits behind little of it on a slow line. */
const historyShare = 4;

const isNeverHeld = (kind: Kind): boolean => kind === 'alert' || kind === 'event';

export function delivery(options: DeliveryOptions, ctx: Running): Delivery {
  const { site, device, section, broker, onAnswer, onUndeliverable, onUnreadable } = options;
  const nowMs = (): number => ctx.clock.now().monoNs / 1e6;
  const unanswered = new Map<string, Unanswered>();
  let suspicion = noSuspicion;
  let history = bucket(section.historyPerS, nowMs());
  let turn = 0;

  const publish = (one: Outgoing, kind: Kind, { seq, text }: Spooled): void => {
    const { stream } = one.lanes[kind];
    const key = `${one.name}/${stream}/${seq}`;
    const mine = { name: one.name, kind, seq };
    unanswered.set(key, mine);
    const done = (): void => {
      if (unanswered.get(key) === mine) unanswered.delete(key);
    };
    const payload = stream === 'tele' ? packed(text) : text;
    broker.publish(topicOf(site, device, stream), payload).then(
      () => {
        done();
        suspicion = answered(suspicion);
        onAnswer();
      },
      (error: unknown) => {
        done();
        if (!isFault(error)) throw error;
      },
    );
    const head = stream === 'event' ? headOf(text, device) : null;
    if (head) void faultOf(broker.publish(headTopicOf(site, device, head.spool), head.payload, { retain: true }));
  };

  const putAside = (one: Outgoing, lane: Lane, seq: number, reason: string): void => {
    lane.flight = held(lane.flight, seq, nowMs());
    onUndeliverable({ spool: one.reader.id, stream: lane.stream, seq, reason });
  };

  /** What is too large for any broker is never sent. */
  const fits = (one: Outgoing, lane: Lane, { seq, text }: Spooled): boolean => {
    if (text.length * 3 <= maxPayloadBytes || Buffer.byteLength(text) <= maxPayloadBytes) return true;
    putAside(one, lane, seq, `${Buffer.byteLength(text)} bytes, and no broker takes more than ${maxPayloadBytes}`);
    return false;
  };

  const roomFor = (kind: Kind, lane: Lane): number => {
    const free = section.window - unanswered.size;
    if (isCareful(suspicion)) return unanswered.size === 0 ? 1 : 0;
    const most = Math.min(free, room(lane.flight, section.unconfirmed));
    if (kind !== 'history') return most;
    const share = Math.max(1, Math.floor(section.window / historyShare));
    return Math.min(most, room(lane.flight, share), available(history));
  };

  const launch = (one: Outgoing, kind: Kind, rows: readonly Spooled[]): void => {
    const lane = one.lanes[kind];
    const sent = rows.filter((row) => fits(one, lane, row));
    for (const row of sent) publish(one, kind, row);
    lane.flight = launched(
      lane.flight,
      sent.map(({ seq }) => seq),
      nowMs(),
    );
    if (kind === 'history') history = spent(history, sent.length);
  };

  const sendAgain = async (one: Outgoing, kind: Kind, most: number): Promise<number> => {
    const lane = one.lanes[kind];
    const due = dueAgain(lane.flight, nowMs()).slice(0, most);
    if (due.length === 0) return 0;
    const found = await lookUp(one.reader, lane.stream, due);
    lane.flight = absent(lane.flight, found.absent, nowMs());
    launch(one, kind, found.there);
    return found.there.length;
  };

  const sendLane = async (one: Outgoing, kind: Kind): Promise<void> => {
    const lane = one.lanes[kind];
    lane.flight = nudged(lane.flight, nowMs(), section.resendMs);
    const most = roomFor(kind, lane);
    // A few at a time: a look into the spool for each answer would cost more than the sending.
    if (most === 0 || (unanswered.size > 0 && most < section.window / 4 && kind !== 'history')) return;
    const fresh = most - (await sendAgain(one, kind, most));
    if (fresh <= 0 || one.lanes[kind] !== lane || !broker.connected) return;
    const { appends } = one;
    const { cursor } = lane.flight;
    if (lane.empty?.appends === appends && lane.empty.cursor === cursor) return;
    const rows = await one.reader.peek(lane.stream, cursor, fresh);
    if (one.lanes[kind] !== lane || !broker.connected) return;
    const last = rows.at(-1);
    if (!last) {
      lane.empty = { cursor, appends };
      return;
    }
    launch(
      one,
      kind,
      rows.filter(({ seq }) => isNew(lane.flight, seq)),
    );
    lane.flight = passed(lane.flight, Math.min(last.seq, lane.flight.to));
  };

  return {
    send: async (spools) => {
      history = filled(history, section.historyPerS, nowMs());
      turn += 1;
      for (const kind of section.telemetry ? kinds : kinds.filter(isNeverHeld))
        for (let i = 0; i < spools.length; i++) {
          // Each spool is first in turn, so that none lives on what another leaves.
          const one = spools[(i + turn) % spools.length];
          if (!one || !broker.connected) return;
          const fault = await faultOf(sendLane(one, kind));
          if (fault?.kind === 'absent') await onUnreadable(one);
        }
    },
    take: async ({ stream, through, missing }, one) => {
      if (await faultOf(one.reader.settle(stream, through, missing))) return [];
      return Object.values(one.lanes)
        .filter((lane) => lane.stream === stream)
        .map((lane) => {
          const [flight, landing] = landed(lane.flight, { through, missing }, nowMs(), section.resendMs);
          lane.flight = flight;
          for (const seq of landing.held)
            onUndeliverable({
              spool: one.reader.id,
              stream,
              seq,
              reason: 'the broker or the ledger drops it again and again, while others after it are confirmed',
            });
          return landing;
        });
    },
    disconnected: (spools) => {
      const [next, suspect] = lost(suspicion, [...unanswered.keys()]);
      suspicion = next;
      const found = suspect === null ? undefined : unanswered.get(suspect);
      unanswered.clear();
      if (!found) return;
      for (const one of spools)
        if (one.name === found.name)
          putAside(one, one.lanes[found.kind], found.seq, 'the broker hangs up whenever it is sent');
    },
    waits: (spools) => [...spools].some(({ lanes }) => kinds.some((kind) => lanes[kind].flight.onWay.length > 0)),
  };
}

/** The world may fail here: what was not done is done again at a later look. Anything else is a bug. */
export async function faultOf(work: Promise<unknown>): Promise<Fault | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!isFault(error)) throw error;
    return error;
  }
}
