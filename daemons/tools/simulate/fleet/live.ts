/** A simulated box on the wire: its topics are those of a real one, through a real broker; what is behind them is box.ts. */
import { connectMqtt } from '../../../core/adapters/broker.mqtt.ts';
import { bootId } from '../../../core/adapters/clock.system.ts';
import type { OpenTls } from '../../../core/adapters/identity.tls.ts';
import type { Backoff } from '../../../core/flow/backoff.ts';
import { isFault } from '../../../core/ports/fault.ts';
import type { Trust } from '../../../core/release/trust.ts';
import type { Alert } from '../../../core/values/alert.ts';
import type { BoxEvent } from '../../../core/values/envelope.ts';
import type { Stamp } from '../../../core/values/stamp.ts';
import { parseReceipt } from '../../../core/wire/messages.ts';
import { textOf } from '../../../core/wire/parse.ts';
import { topicOf, twinTopicOf } from '../../../core/wire/topics.ts';
import { diceOf } from '../dice.ts';
import { type BoxState, freshBox, looked, reportedOf } from './box.ts';
import type { Character } from './character.ts';
import { openKeeping } from './delivery.ts';

export interface LiveSetup {
  readonly site: string;
  readonly broker: string;
  readonly tls: OpenTls | null;
  readonly trust: Trust;
  readonly keepaliveS: number;
  readonly retry: Backoff;
  readonly badReleases: readonly string[];
  /** Alerts of a box in a day, on the average. */
  readonly alertsPerDay: number;
}

export interface LiveBox {
  readonly connected: boolean;
  readonly phase: string;
  readonly desired: number;
  readonly kept: number;
  readonly settled: number;
  close(): Promise<void>;
}

/** As the agent looks, as the uplink sends again, and how long an alert stays raised. */
const [lookMs, resendMs, raisedMs] = [1000, 5000, 60_000];
const daySeconds = 86_400;

export function openLive(character: Character, setup: LiveSetup): LiveBox {
  const { name, habit, link, where } = character;
  const { site, broker: url, tls, keepaliveS, retry, badReleases, alertsPerDay } = setup;
  const dice = diceOf(character.seed);
  const boot = `${bootId().slice(0, 24)}${`${character.seed}`.padStart(12, '0').slice(-12)}`;
  const keeping = openKeeping(name, `sim-${name}-${Date.now().toString(36)}`);
  let state: BoxState = freshBox(setup.trust, character);
  let desired: string | null = null;
  let said = '';
  let sessions = 0;
  let raised: Alert | null = null;
  let raisedAtMs = 0;
  let resentMs = 0;

  const stamp = (): Stamp => ({
    ...{ wallMs: Date.now(), monoNs: Math.round(performance.now() * 1e6), boot, synced: true, uncertaintyMs: 20 },
  });
  const session = (): string => `${sessions}`;
  /** A slow line holds everything up a little, in both directions. */
  const later = (work: () => void): void => {
    if (link.delayMs === 0) work();
    else setTimeout(work, dice.between(0, link.delayMs)).unref();
  };
  const publish = (topic: string, payload: string, retain = false): void =>
    later(() => {
      broker.publish(topic, payload, { retain }).catch((error: unknown) => {
        if (!isFault(error)) throw error;
      });
    });
  const send = ({ stream, text }: { readonly stream: 'alert' | 'event' | 'tele'; readonly text: string }): void =>
    publish(topicOf(site, name, stream), text);

  const status = (word: 'online' | 'offline'): string =>
    JSON.stringify({ v: 1, status: word, boot, session: session() });
  const topics = { status: topicOf(site, name, 'status'), desired: twinTopicOf(site, name, 'desired') };

  const broker = connectMqtt(
    {
      ...{ urls: [url], clientId: `fieldpost-${name}`, keepaliveS, retry },
      subscribe: [topicOf(site, name, 'receipt'), topics.desired],
      will: () => {
        sessions += 1;
        return { topic: topics.status, payload: status('offline') };
      },
      ...(tls ? { tls } : {}),
    },
    {
      onConnect: () => {
        said = '';
        const birth = { v: 1, device: name, site, boot, session: session(), simulated: true, at: stamp(), where };
        publish(
          topicOf(site, name, 'birth'),
          JSON.stringify({ ...birth, version: state.executable, sensors: [] }),
          true,
        );
        publish(topics.status, status('online'), true);
      },
      onDisconnect: () => {},
      onMessage: (topic, payload) =>
        later(() => {
          try {
            if (topic === topics.desired) desired = payload.length === 0 ? null : textOf(payload);
            else keeping.settle(parseReceipt(textOf(payload)));
          } catch (error) {
            if (!isFault(error)) throw error;
          }
        }),
    },
  );

  const tell = (type: string, message: string): void => {
    const event: BoxEvent = {
      ...{ type, severity: 'info', at: stamp(), message: `simulated: ${message}`, detail: { simulated: true } },
    };
    send(keeping.keep('event', event));
  };

  const alert = (nowMs: number): void => {
    if (raised && nowMs - raisedAtMs > raisedMs) {
      send(keeping.keep('alert', { ...raised, rev: 2, condition: 'cleared', at: stamp() }));
      raised = null;
    }
    if (raised || !dice.chance((alertsPerDay / daySeconds) * (lookMs / 1000))) return;
    raised = simulatedAlert(`${keeping.spool}-${keeping.kept + 1}`, stamp(), where);
    raisedAtMs = nowMs;
    send(keeping.keep('alert', raised));
  };

  const look = (): void => {
    const nowMs = performance.now();
    const before = state;
    state = looked(state, character, { site, desired, nowMs, wallMs: Date.now(), badReleases });
    if (before.trial && !state.trial)
      tell(state.last ? 'update-reverted' : 'update-applied', `desired state ${before.trial.desired.version}`);
    const text = JSON.stringify(reportedOf(state, character));
    if (broker.connected && text !== said) {
      said = text;
      publish(twinTopicOf(site, name, 'reported'), text, true);
    }
    alert(nowMs);
    if (broker.connected && nowMs - resentMs > resendMs) {
      resentMs = nowMs;
      for (const one of keeping.waiting()) send(one);
    }
    const cutEveryS = link.cutEveryS ?? Number.POSITIVE_INFINITY;
    if (dice.chance(lookMs / 1000 / cutEveryS)) broker.move('simulated: the line broke');
  };
  let timer: NodeJS.Timeout | undefined;
  const first = setTimeout(
    () => {
      look();
      timer = setInterval(look, lookMs);
    },
    dice.between(0, lookMs),
  );
  // Within the first five minutes: the operator sees it go.
  const goes =
    habit === 'silent'
      ? setTimeout(
          () => {
            clearInterval(timer);
            void broker.close();
          },
          dice.between(30_000, 300_000),
        ).unref()
      : undefined;

  return {
    get connected() {
      return broker.connected;
    },
    get phase() {
      return reportedOf(state, character).phase;
    },
    get desired() {
      return reportedOf(state, character).desired;
    },
    get kept() {
      return keeping.kept;
    },
    get settled() {
      return keeping.settled;
    },
    close: async () => {
      clearTimeout(first);
      clearTimeout(goes);
      clearInterval(timer);
      await broker.close();
    },
  };
}

function simulatedAlert(id: string, at: Stamp, { lat, lon }: Character['where']): Alert {
  return {
    ...{ id, rev: 1, kind: 'vapour', family: 'evidence', severity: 'warning', condition: 'raised' },
    ...{ certainty: 'indication', at, since: at },
    because: {
      ...{ rule: 'simulated: drawn by chance', score: 1, peak: 1, threshold: 0.5, model: null },
      evidence: [],
    },
    where: { lat, lon, ceM: 50, source: 'surveyed' },
    expiresMs: at.wallMs + 600_000,
    flags: ['simulated'],
  };
}
