import test from 'ava';
import type { AgentHealth } from '../../daemons/core/fleet/health.ts';
import { parseHealth } from '../../daemons/core/fleet/health.ts';
import type { Broker } from '../../daemons/core/ports/broker.ts';
import { openHealth } from '../../daemons/uplink/health.ts';
import type { Outgoing } from '../../daemons/uplink/outgoing.ts';

const seen: AgentHealth = {
  ...{ v: 1, atMs: 0, synced: true, load: 0.2, memoryFree: 0.5, storageFree: 0.5, celsius: 50, throttled: [] },
  ...{ lifeYears: 9, certificateMs: null, overdue: [], restarts: {}, flagged: {}, versions: {} },
};
const spools = [3, 4].map((tele) => ({ reader: { depth: async () => ({ alert: 0, event: 1, tele }) } })) as Outgoing[];

test('an hour of looks is one report with what waits in all spools; a failed one is said at the next look', async (t) => {
  const said: string[] = [];
  let refuses = true;
  const broker = {
    publish: async (topic: string, text: string) => {
      if (refuses) throw new Error('away');
      said.push(`${topic} ${text}`);
    },
  } as unknown as Broker;
  let nowMs = 0;
  const health = openHealth(() => nowMs);
  await health.say(broker, 't', null, spools);
  await t.throwsAsync(health.say(broker, 't', seen, spools));
  refuses = false;
  health.lost();
  for (nowMs = 60_000; nowMs < 3_600_000; nowMs += 1000) await health.say(broker, 't', seen, spools);
  t.is(said.length, 1);
  t.like(parseHealth(String(said[0]).slice(2)), { drops: 1, waiting: { alert: 0, event: 2, tele: 7 } });
  await health.say(broker, 't', { ...seen, overdue: ['nh3/ammonia'] }, spools);
  nowMs += 60_000;
  await health.say(broker, 't', { ...seen, overdue: ['nh3/ammonia'] }, spools);
  t.is(said.length, 2);
});
