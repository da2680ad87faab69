/** The centre at its larger sizes, with real processes: what is lost or doubled when parts of it die. The whole: `npm run soak`. */
import test from 'ava';
import { deliverThroughCluster } from '../rigs/cluster.ts';
import { shareAmongWorkers } from '../rigs/workers.ts';
import { needs } from '../support/needs.ts';

const all = (programs: readonly string[], title: string): boolean => programs.every((one) => needs(one, title));

const workers = 'three ledger workers, one killed, one stopped past its lease: nothing is missing, nothing is doubled';
test.serial(workers, async (t) => {
  t.timeout(600_000);
  if (!all(['initdb', 'mosquitto', 'setpriv'], workers)) {
    t.pass();
    return;
  }
  const alerts = 2000;
  const { tally, held } = await shareAmongWorkers({ alerts, boxes: 6, say: (text) => t.log(text) });
  t.deepEqual(
    { ...tally, repeats: 0 },
    { alerts, committed: alerts, missing: 0, doubled: 0, repeats: 0, unsettled: 0 },
  );
  t.deepEqual(held, { before: 32, stopped: 0, after: 32 });
});

const cluster = 'two nodes of a NATS cluster killed one after the other: nothing is missing, nothing is doubled';
test.serial(cluster, async (t) => {
  t.timeout(900_000);
  if (!all(['initdb', 'nats-server', 'setpriv'], cluster)) {
    t.pass();
    return;
  }
  const alerts = 1000;
  const tally = await deliverThroughCluster({
    alerts,
    boxes: 3,
    workers: 2,
    lidMs: 300_000,
    say: (text) => t.log(text),
  });
  t.deepEqual(
    { ...tally, repeats: 0 },
    { alerts, committed: alerts, missing: 0, doubled: 0, repeats: 0, unsettled: 0 },
  );
});
