/**
 * Procedures at work: one at the most on a channel, driven by one client, watched by any. It is fed with what the line
 * read and with the time; it inhibits, tells events and asks for records through what it is given.
 */

import { isFault } from '../../core/ports/fault.ts';
import type { ProcedureRequest, Reply } from '../../core/procedure/link.ts';
import { expiredAt, type Inhibition } from '../inhibit.ts';
import { confirmLine } from './confirm-line.ts';
import { chosen, refusalOf } from './gases.ts';
import { hello } from './hello.ts';
import { follow, freshLive, inputsOf, type Live, msOf, shownOf } from './live.ts';
import type { ProcedureInput } from './procedure.ts';
import { openSession, runningOf, type Session, type Target } from './session.ts';
import { begunEvent, endedEvent, extendedEvent, interruptedEvent, releasedEvent } from './told.ts';
import type { Connected, Workbench, WorkbenchParts } from './workbench-parts.ts';

const sendEveryMs = 200;

export function openWorkbench(parts: WorkbenchParts, left: readonly Inhibition[]): Workbench {
  const { section, targets } = parts;
  const clients = new Set<Connected>();
  const sessions = new Map<string, Session>();
  const lives = new Map<string, Live>(targets.map(({ target }) => [target, freshLive()]));
  let inhibitions: readonly Inhibition[] = left;

  const nowMs = (): number => msOf(parts.now());
  const targetOf = (name: string): Target | undefined => targets.find(({ target }) => target === name);
  const inhibitionOf = (target: Target): Inhibition | undefined =>
    inhibitions.find((one) => one.target === target.target);

  function viewFor(client: Connected, target: Target): Reply {
    const session = sessions.get(target.target) ?? null;
    const held = inhibitionOf(target);
    const { newest } = lives.get(target.target) as Live;
    const now = nowMs();
    const endsInS = held ? Math.max(0, held.untilNs / 1e9 - now / 1000) : 0;
    const about = { mine: session !== null && client.driving === session, endsInS, extensions: held?.extensions ?? 0 };
    return {
      say: 'view',
      view: {
        target: target.target,
        unit: target.unit,
        quantity: target.quantity,
        live: newest && shownOf(newest),
        inhibited: held !== undefined,
        line: parts.line(target),
        running: session && runningOf(session, now, about),
      },
    };
  }

  function broadcast(target: Target): void {
    (lives.get(target.target) as Live).sentMs = nowMs();
    for (const one of clients) if (one.watching === target) one.send(viewFor(one, target));
  }

  function give(session: Session, input: ProcedureInput): void {
    const was = session.state;
    const [state, ...outputs] = session.machine.step(was, input);
    session.state = state;
    for (const { type } of outputs) if (type === 'keep') void keep(session);
    if (state.ending && !was.ending) parts.tell(endedEvent(session, state.ending), inhibitions);
    if (state.over && !was.over) {
      release(session.target, session.state.ending?.reason === 'deadline' ? 'its time was over' : 'the line is purged');
      // The last view of it stays until the next procedure, so that whoever was away sees how it ended.
    }
    if (state.at !== was.at || state.phase !== was.phase || state.ending !== was.ending) broadcast(session.target);
  }

  async function keep(session: Session): Promise<void> {
    try {
      const { id, failed } = await parts.keep(session, parts.now());
      session.record = id;
      give(session, { type: 'kept', atMs: nowMs(), failed });
    } catch (error) {
      if (!isFault(error)) throw error;
      give(session, { type: 'refused', atMs: nowMs(), why: error.message });
    }
  }

  function release(target: Target, why: string): void {
    const held = inhibitionOf(target);
    if (!held) return;
    inhibitions = inhibitions.filter((one) => one !== held);
    parts.tell(releasedEvent(held, why, parts.now()), inhibitions);
    broadcast(target);
  }

  const isRunning = (target: Target): boolean => sessions.get(target.target)?.state.over === false;

  function begin(client: Connected, asked: Extract<ProcedureRequest, { ask: 'begin' }>): string | null {
    const target = targetOf(asked.target);
    if (!target)
      return `${asked.target} is no channel of this box; it has ${targets.map((one) => one.target).join(', ')}`;
    if (isRunning(target)) return `${target.target}: another procedure runs; it must end first`;
    const choice = chosen(asked, parts.gases());
    if (typeof choice === 'string') return choice;
    const now = parts.now();
    const { quantity, unit, metalOxide } = target;
    const refused = refusalOf(choice, { quantity, unit, metalOxide, nowMs: now.wallMs });
    if (refused) return refused;
    const id = `${parts.device}.${target.sensor}-${target.quantity}.${asked.kind}.${now.boot.slice(0, 8)}.${now.monoNs.toString(36)}`;
    const before = parts.inForce(target);
    if (choice.gainOnly && before?.fit.terms.length !== 1)
      return `${target.target}: no calibration of this channel alone is in force whose gain could be changed; adjust zero and span`;
    const session = openSession({ id, target, choice, by: asked.by, before, section }, msOf(now));
    const inhibition: Inhibition = {
      target: target.target,
      channel: target.channel,
      procedure: id,
      by: asked.by,
      since: now,
      untilNs: now.monoNs + section.hardTimeoutS * 1e9,
      boot: now.boot,
      extensions: 0,
    };
    inhibitions = [...inhibitions.filter((one) => one.target !== target.target), inhibition];
    sessions.set(target.target, session);
    client.watching = target;
    client.driving = session;
    parts.tell(begunEvent(session, inhibition), inhibitions);
    broadcast(target);
    return null;
  }

  function resume(client: Connected, asked: Extract<ProcedureRequest, { ask: 'resume' }>): string | null {
    const session = sessions.get(asked.target);
    if (!session || session.id !== asked.procedure) return 'this procedure is over; what it left is in the records';
    for (const other of clients) if (other.driving === session) other.driving = null;
    client.driving = session;
    client.watching = session.target;
    give(session, { type: 'back', atMs: nowMs() });
    broadcast(session.target);
    return null;
  }

  function extend({ driving }: Connected, reason: string | null): string | null {
    const held = driving && inhibitionOf(driving.target);
    if (!driving || !held) return 'nothing is inhibited by you';
    if (held.extensions >= section.mostExtensions) return `it was extended ${held.extensions} times; that is the most`;
    const longer = { ...held, untilNs: held.untilNs + section.extensionS * 1e9, extensions: held.extensions + 1 };
    inhibitions = inhibitions.map((one) => (one === held ? longer : one));
    parts.tell(extendedEvent(longer, section.extensionS, reason), inhibitions);
    broadcast(driving.target);
    return null;
  }

  function watch(client: Connected, name: string): string | null {
    const target = targetOf(name);
    if (!target) return `${name} is no channel of this box; it has ${targets.map((one) => one.target).join(', ')}`;
    client.watching = target;
    client.send({ say: 'trace', target: name, points: (lives.get(name) as Live).points });
    client.send(viewFor(client, target));
    return null;
  }

  function press({ driving }: Connected, key: 'next' | 'abort'): string | null {
    if (!driving) return 'another client drives this procedure; here it can only be watched';
    const refused = key === 'next' ? confirmLine(driving, parts.line(driving.target)) : null;
    if (!refused) give(driving, { type: key, atMs: nowMs() });
    return refused;
  }

  /** Gives the reason of a refusal; null when it was done. */
  function answer(client: Connected, asked: ProcedureRequest): string | null {
    switch (asked.ask) {
      case 'alive':
        return null;
      case 'watch':
        return watch(client, asked.target);
      case 'begin':
        return begin(client, asked);
      case 'resume':
        return resume(client, asked);
      case 'extend':
        return extend(client, asked.reason ?? null);
      case 'records': {
        const target = targetOf(asked.target);
        const exposed = target ? parts.exposed(target).map((one) => ({ ...one })) : [];
        if (target) client.send({ say: 'records', target: asked.target, records: [...parts.records(target)], exposed });
        if (target) return null;
        return `${asked.target} is no channel of this box; it has ${targets.map((one) => one.target).join(', ')}`;
      }
      case 'release': {
        const target = targetOf(asked.target);
        if (!target || isRunning(target)) return 'a procedure runs there: abort it, it purges the line itself';
        release(target, `${asked.by} says that the line is purged`);
        return null;
      }
      default:
        return press(client, asked.ask);
    }
  }

  function lose(client: Connected): void {
    if (client.driving && !client.driving.state.over) give(client.driving, { type: 'lost', atMs: nowMs() });
    client.driving = null;
  }

  function tick(): void {
    const now = parts.now();
    const silentMs = section.silentS * 1000;
    for (const client of clients) if (client.driving && msOf(now) - client.heardMs > silentMs) lose(client);
    for (const session of sessions.values()) give(session, { type: 'tick', atMs: msOf(now) });
    for (const { target: name } of expiredAt(inhibitions, now)) {
      const session = sessions.get(name);
      if (session) give(session, { type: 'deadline', atMs: msOf(now) });
      const target = targetOf(name);
      if (target) release(target, 'its time was over');
    }
  }

  for (const one of left) parts.tell(interruptedEvent(one), inhibitions);

  return {
    inhibitions: () => inhibitions,
    connect: (send) => {
      const client: Connected = { send, watching: null, driving: null, heardMs: nowMs() };
      clients.add(client);
      hello(parts, send);
      return {
        receive: (asked) => {
          client.heardMs = nowMs();
          try {
            const refused = answer(client, asked);
            if (refused) send({ say: 'refused', message: refused });
          } catch (error) {
            if (!isFault(error)) throw error;
            send({ say: 'refused', message: error.message });
          }
        },
        gone: () => {
          clients.delete(client);
          lose(client);
        },
      };
    },
    look: (readings, measurements) => {
      for (const target of targets) {
        const live = lives.get(target.target) as Live;
        const shown = follow(live, target, measurements);
        const session = sessions.get(target.target);
        if (session) for (const one of inputsOf(target, readings, shown)) give(session, one);
        if (clients.size > 0 && shown.length > 0 && nowMs() - live.sentMs >= sendEveryMs) broadcast(target);
      }
    },
    tick,
  };
}
