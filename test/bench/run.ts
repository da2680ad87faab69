/** `npm run bench -- NAME [--json]`: figures as ratios against a baseline in the same run. */
import process from 'node:process';
import type { Figure } from './figure.ts';

const benches: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  drivers: async () => [(await import('./drivers.ts')).drivers()],
  camera: async () => (await import('./camera.ts')).camera(),
  calibration: async () => (await import('./calibration.ts')).calibration(),
  gas: async () => (await import('./gas-cpu.ts')).gasCpu(),
  dock: async () => [(await import('./dock.ts')).dockStates(), ...(await (await import('./dock-edge.ts')).dockEdge())],
  mavlink: async () => (await import('./mavlink.ts')).mavlink(),
  inference: async () => (await import('./inference.ts')).inference(),
  plume: async () => (await import('./plume.ts')).plume(),
  spool: async () => (await import('./spool.ts')).spool(),
  ledger: async () => [
    await (await import('./ledger-rate.ts')).ledgerRate(),
    await (await import('./storm.ts')).ledgerStorm(),
  ],
  pipeline: async () => [
    ...(await (await import('./throughput.ts')).throughput()),
    await (await import('./latency.ts')).latency(),
  ],
  patrol: async () => [
    await (await import('./patrol-weight.ts')).patrolWeight(),
    await (await import('./patrol-offline.ts')).patrolOffline(),
    await (await import('./patrol.ts')).patrolBurst(),
    ...(await (await import('./patrol-arrive.ts')).patrolArrive()),
  ],
  peers: async () => (await import('./peers/peers.ts')).peers(),
  fleet: async () => [
    await (await import('./fleet.ts')).fleetCut(),
    await (await import('./fleet-canary.ts')).fleetCanary(),
    ...(await (await import('./fleet-provision.ts')).fleetProvision()),
    ...(await (await import('./fleet-twin.ts')).fleetTwin()),
    ...(await (await import('./fleet-idle.ts')).fleetIdle()),
  ],
  uplink: async () => (await import('./uplink.ts')).uplink(),
  console: async () => (await import('./console.ts')).consoleBench(),
  memory: async () => (await import('./memory.ts')).memory(),
  start: async () => (await import('./start.ts')).start(),
};

const [name = '', ...flags] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  process.stderr.write(`no bench "${name}"; known: ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}
const figures = await bench();
if (flags.includes('--json')) process.stdout.write(`${JSON.stringify({ name, figures })}\n`);
else for (const one of figures) process.stdout.write(`${JSON.stringify(one)}\n`);
process.exit(figures.some((one) => one.ok === false) ? 1 : 0);
