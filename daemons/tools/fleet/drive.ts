/** Drives the rollouts of a site: looks at the broker once a second, keeps what comes of it, and only then tells the boxes. */
import path from 'node:path';
import { connectMqtt } from '../../core/adapters/broker.mqtt.ts';
import { identityIn } from '../../core/adapters/identity.files.ts';
import { tlsWith } from '../../core/adapters/identity.tls.ts';
import { type FleetStore, openFleetStore } from '../../core/adapters/rollouts.sqlite.ts';
import { requireEncryption } from '../../core/config/broker-url.ts';
import type { Running } from '../../core/daemon/running.ts';
import type { Broker } from '../../core/ports/broker.ts';
import { isFault } from '../../core/ports/fault.ts';
import { isOver } from '../../core/rollout/plan.ts';
import { looked, unsaid, watchedAgain } from '../../core/rollout/step.ts';
import { textOf } from '../../core/wire/parse.ts';
import { twinTopicOf } from '../../core/wire/topics.ts';
import type { BrokerPlace } from './broker.ts';
import { boxTopics, heard, type SeenBox, seenOf } from './seen.ts';

export interface DriveOptions extends BrokerPlace {
  readonly site: string;
  readonly folder: string;
  /** Ends when no rollout goes on. */
  readonly untilDone: boolean;
}

const lookMs = 1000;
/** After a connection the broker says all that it retains: nothing is judged before it has been quiet for so long. */
const quietMs = 2000;

export async function driveRollouts(
  { site, folder, broker: urls, identity, untilDone }: DriveOptions,
  ctx: Running,
): Promise<void> {
  requireEncryption('--broker', urls);
  const store = openFleetStore(path.join(folder, 'fleet.db'));
  const boxes = new Map<string, SeenBox>();
  const watched = new Set<string>();
  let heardMs = performance.now();
  let settled = false;
  const lostAs = new Set<string>();
  const broker = connectMqtt(
    {
      urls,
      clientId: `fieldpost-rollouts-${site}`,
      subscribe: boxTopics(site),
      retry: { firstMs: 250, mostMs: 10_000 },
      ...(identity === undefined ? {} : { tls: tlsWith(identityIn(identity)) }),
    },
    {
      onMessage: (topic, payload) => {
        if (!settled) heardMs = performance.now();
        try {
          if (payload.length > 0) heard(boxes, topic, textOf(payload));
        } catch (error) {
          if (!isFault(error)) throw error;
          ctx.log.warn('a message cannot be read', { topic, reason: error.message });
        }
      },
      onConnect: () => {
        ctx.log.info('connected to the broker');
        lostAs.clear();
        heardMs = performance.now();
      },
      onDisconnect: (reason) => {
        // What happened meanwhile is not known: all is learnt anew, and counted from then.
        boxes.clear();
        watched.clear();
        settled = false;
        if (!lostAs.has(reason)) ctx.log.warn('broker lost; rollouts stand still', { reason });
        lostAs.add(reason);
      },
    },
  );
  try {
    while (!ctx.signal.aborted) {
      settled = broker.connected && (settled || performance.now() - heardMs >= quietMs);
      if (settled) {
        const open = await driveOnce(store, broker, { site, boxes, watched }, ctx);
        if (untilDone && open === 0) break;
      }
      ctx.progress();
      await ctx.clock.sleep(lookMs, 'look at the fleet', ctx.signal);
    }
  } finally {
    await broker.close();
    store.close();
  }
}

interface Known {
  readonly site: string;
  readonly boxes: ReadonlyMap<string, SeenBox>;
  /** Rollouts that were looked at since the connection was made. */
  readonly watched: Set<string>;
}

/** One look; gives how many rollouts go on. */
async function driveOnce(
  store: FleetStore,
  broker: Broker,
  { site, boxes, watched }: Known,
  ctx: Running,
): Promise<number> {
  const { wallMs } = ctx.clock.now();
  const seen = (box: string) => seenOf(boxes.get(box));
  let open = 0;
  for (const name of store.going()) {
    const before = store.read(name);
    if (!before || isOver(before) || before.plan.site !== site) continue;
    const rollout = store.change(name, 'rollout', wallMs, (now) => {
      const [next, notes] = looked(watched.has(name) ? now : watchedAgain(now, wallMs), seen, wallMs);
      for (const { box, what, why } of notes) ctx.log.info(what, { rollout: name, ...(box && { box }), why });
      return [next, notes];
    });
    watched.add(name);
    if (rollout.mode !== 'stopped' || Object.values(rollout.boxes).some(({ phase }) => phase === 'taken-back'))
      open += 1;
    for (const { box, side } of unsaid(rollout, seen)) {
      try {
        await broker.publish(twinTopicOf(site, box, 'desired'), store.text(name, box, side), { retain: true });
      } catch (error) {
        if (!isFault(error)) throw error;
        ctx.log.warn('not told; it is tried again', { rollout: name, box, reason: error.message });
        break;
      }
    }
  }
  return open;
}
