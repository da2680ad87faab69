/**
 * The DJI daemon: Cloud API over MQTT -> status, pose and wind -> feed; events, readings and raw records -> spools; replies.
 * It hears and answers. Nothing in it, and no type in it, can ask a dock or a drone to do anything.
 */
import path from 'node:path';
import * as z from 'zod';
import { connectMqtt, type MqttOptions } from '../core/adapters/broker.mqtt.ts';
import { serveFeed } from '../core/adapters/feed.unix.ts';
import { readHmsWords } from '../core/adapters/hms-words.files.ts';
import { identityIn } from '../core/adapters/identity.files.ts';
import { tlsWith } from '../core/adapters/identity.tls.ts';
import { readSecretJson } from '../core/adapters/secret-json.files.ts';
import { openSpool } from '../core/adapters/spool.sqlite.ts';
import { openStorageKey } from '../core/adapters/storage-key.tpm.ts';
import type { Box } from '../core/config/box.ts';
import { parseValue } from '../core/config/parse.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault } from '../core/ports/fault.ts';
import { usualSpool } from '../core/spool/limits.ts';
import { spoolSection } from '../core/spool/section.ts';
import { noFlags } from '../core/values/flags.ts';
import { platform } from './answers.ts';
import { checkDji, djiSection } from './config.ts';
import { openKeeping } from './keeping.ts';
import { advance } from './line.ts';
import { type DjiEvent, event } from './said.ts';
import { freshLine, type Input, type Setup } from './state.ts';
import { originsOf } from './topics.ts';

export interface DjiConfig {
  readonly box: Box;
  readonly state: string;
  /** The socket on which the box's feed is served. */
  readonly feed: string;
}

/** How often silence, readiness and what is due are looked at, in ms. */
const lookMs = 500;

const loginShape = z.strictObject({ username: z.string().min(1).max(256), password: z.string().min(1).max(1024) });

/** Runs until `ctx.signal` aborts. */
export async function djiLine({ box, state: folder, feed: socket }: DjiConfig, ctx: Running): Promise<void> {
  const { board, profile, files, device } = box;
  const wiring = checkDji(board, files.board);
  const section = parseValue(`${files.profile} dji`, profile.dji ?? {}, djiSection);
  const { clock, signal } = ctx;
  const identity = path.join(folder, 'identity', 'dji');
  const security = securityOf(identity, wiring);
  const own = readSecretJson(path.join(identity, 'platform.json'), platform);
  const setup: Setup = {
    ...{ wiring, section, words: readHmsWords(path.join(folder, 'dji', 'hms.json')) ?? new Map() },
    knows: { platform: own, serials: [wiring.dock, ...(wiring.drone === undefined ? [] : [wiring.drone])] },
    flags: board.simulated ? ['simulated'] : noFlags,
  };

  const { key: master } = await openStorageKey({ folder: path.join(folder, 'identity'), tcti: board.tpm?.tcti });
  const signing = { keyFile: path.join(folder, 'identity', 'device.key'), everyMs: 60_000 };
  const shared = { master, device: device.device, log: ctx.log };
  const spool = await openSpool({
    ...shared,
    path: path.join(folder, 'spool', 'dji.db'),
    section: parseValue(`${files.profile} spool`, profile.spool ?? {}, spoolSection),
    signing,
  });
  // Not under spool/: the uplink delivers what lies there, and nobody at the centre asked for every message of a dock.
  const { megabytes, days, holdMs } = section.raw;
  const rawSpool = await openSpool({
    ...shared,
    path: path.join(folder, 'raw', 'dji.db'),
    section: { ...usualSpool, event: { megabytes, days }, memoryMegabytes: 4, reserveMegabytes: 0 },
    signing: { ...signing, everyMs: 3_600_000 },
  });

  let line = freshLine;
  const say = (one: DjiEvent): void => {
    const level = one.severity === 'warning' ? 'warn' : one.severity;
    if (one.type !== 'health') ctx.log[level](one.message, { type: one.type });
    keeping.event(one);
  };
  const tell = (input: Input): void => {
    const [next, outputs] = advance(line, input, clock.now(), setup);
    line = next;
    let waits = false;
    for (const one of outputs) {
      if (one.is === 'event') say(one.event);
      else if (one.is === 'feed') feed.tell({ boot: clock.now().boot, ...one.told });
      else if (one.is === 'readings') keeping.readings(one.readings);
      else if (one.is === 'raw') keeping.raw(one.raw);
      else {
        keeping.reply(one);
        waits = true;
      }
    }
    if (waits) void keeping.flush();
  };
  const keeping = openKeeping({
    ...{ spool, rawSpool, clock, holdMs },
    send: ({ topic, text }) => broker.publish(topic, text),
    onNotSent: (key) => tell({ is: 'not-sent', key }),
  });
  const deaf = clock.onNews?.((news) => keeping.event(news));
  const feed = await serveFeed(socket);

  let wasThere: boolean | null = null;
  const link = (isThere: boolean, why: string): void => {
    if (isThere === wasThere) return;
    wasThere = isThere;
    say(
      isThere
        ? event('broker', 'info', `connected to ${wiring.broker}, where dock ${wiring.dock} is heard`, {
            connected: true,
          })
        : event('broker', 'warning', `${why}; nothing of the dock is heard until it is back`, { connected: false }),
    );
  };
  const broker = connectMqtt(
    {
      ...security,
      urls: [wiring.broker],
      clientId: `fieldpost-dji-${device.device}`,
      subscribe: [...originsOf(wiring).keys()],
    },
    {
      onMessage: (topic, payload) => tell({ is: 'message', topic, payload }),
      onConnect: () => link(true, ''),
      onDisconnect: (reason) => link(false, reason),
    },
  );
  if (wiring.answeredBy === 'this-box' && own === null)
    say(
      event(
        'no-platform',
        'warning',
        `${identity}/platform.json is not there: a dock that asks for its platform gets an error`,
      ),
    );

  let healthDueMs = 0;
  while (!signal.aborted) {
    tell({ is: 'tick' });
    const nowMs = clock.now().monoNs / 1e6;
    if (nowMs >= healthDueMs) {
      healthDueMs = nowMs + section.healthEveryMs;
      const { counts, heardMs } = line;
      const ageMs = heardMs === null ? null : Math.round(nowMs - heardMs);
      const detail = { ...counts, ageMs, connected: broker.connected };
      say({ type: 'health', severity: 'info', message: 'the DJI dock is listened to', detail });
    }
    await keeping.flush();
    ctx.progress();
    await clock.sleep(lookMs, 'look of the DJI dock', signal);
  }
  await broker.close();
  await keeping.flush(true);
  await feed.close();
  deaf?.();
  await rawSpool.close();
  await spool.close();
}

/** TLS and login, both by files. Errors: Fault `config`. */
function securityOf(
  identity: string,
  { broker, login }: { readonly broker: string; readonly login: boolean },
): Pick<MqttOptions, 'tls' | 'login'> {
  const file = path.join(identity, 'login.json');
  const own = login ? readSecretJson(file, loginShape) : null;
  if (login && own === null)
    throw new Fault('config', `${file}: is not there; must hold {"username":..., "password":...}, mode 0600`);
  return {
    ...(broker.startsWith('mqtts:') ? { tls: tlsWith(identityIn(identity)) } : {}),
    ...(own ? { login: () => own } : {}),
  };
}
