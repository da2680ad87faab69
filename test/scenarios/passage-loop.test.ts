/** A checkpoint whose loop is a GPIO line (simulated) at the real gas daemon: it opens windows, and what goes wrong with it is told. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { alarmPanelLines } from '../support/alarm-panel.ts';
import { gasBox } from '../support/gas-box.ts';
import type { Kept } from '../support/kept.ts';

const root = path.join(import.meta.dirname, '../..');
const shipped = parse(readFileSync(path.join(root, 'firmware-configs/profiles/checkpoint.yaml'), 'utf8'));
const options = { line: { name: 'LOOP' }, bias: 'pull-up', chatter: { edges: 6, withinS: 3 } };

const withLoop = (tcp: string) => (board: Record<string, unknown>) => ({
  ...board,
  ports: { ...(board.ports as object), gpio: { tcp } },
  sensors: [
    ...(board.sensors as object[]),
    { id: 'loop', part: 'vehicle-loop', serial: 'SIM-0009', port: 'gpio', options },
  ],
  quantities: [
    ...(board.quantities as object[]),
    { quantity: 'occupied', unit: '1', channel: 'loop/occupied', factory: { u: 0 } },
  ],
});

test.serial(
  'a loop on a line opens and closes windows; lost, chattering or stuck it says so and nothing is measured',
  async (t) => {
    t.timeout(240_000);
    const lines = await alarmPanelLines(['LOOP']);
    t.teardown(lines.close);
    const passage = {
      ...shipped.gas.passage,
      ...{ value: 'ammonia', baselineS: 4, baselineLeast: 4, dwellS: 2, delayS: 0.5, purgeS: 0.5, longestS: 20 },
    };
    const box = await gasBox(t, {
      board: withLoop(lines.tcp),
      profile: (profile) => ({ ...profile, gas: { ...(profile.gas as object), passage } }),
    });
    let since: Kept | undefined;
    const from = async (): Promise<void> => {
      since = await box.until((kept) => kept);
    };
    const event = (type: string) =>
      box.until(({ events }) => events.find((one) => one.type === type), since).then(({ detail }) => detail);
    const seen = (level: 0 | 1): Promise<number> =>
      box.until(({ measurements }) => {
        const one = measurements.findLast(({ quantity }) => quantity === 'occupied');
        return one?.value === level ? one.at.monoNs : undefined;
      });
    /** Resolves when the analyzer was read for so long after a moment. */
    const airFor = (seconds: number, afterNs: number) =>
      box.until(
        ({ measurements }) =>
          measurements.some(({ quantity, at }) => quantity === 'ammonia' && at.monoNs > afterNs + seconds * 1e9) ||
          undefined,
      );

    await box.connect('modbus-tcp', { ammonia: 0 });
    await airFor(5, await seen(0));
    lines.hold('LOOP', true);
    await airFor(3, await seen(1));
    lines.hold('LOOP', null);
    t.like(await event('passage'), { passage: 1, result: 'nothing above LOD' });

    await airFor(6, await seen(0));
    await from();
    lines.hold('LOOP', true);
    await seen(1);
    lines.away(true);
    t.is((await event('window-blind')).why, 'loop lost');
    t.is((await event('sensor-failing')).sensor, 'loop');
    lines.away(false);
    await event('window-seen');
    lines.hold('LOOP', null);
    t.like(await event('passage'), { passage: 2, result: 'not measured', why: 'loop lost' });

    await airFor(6, await seen(0));
    await from();
    for (let i = 0; i < 40; i++) lines.hold('LOOP', i % 2 === 0);
    t.is((await event('window-blind')).why, 'loop chatters');
    await event('window-seen');

    await airFor(6, await seen(0));
    await from();
    lines.hold('LOOP', true);
    t.is((await event('window-blind')).why, 'loop stuck');
    t.like(await event('passage'), { result: 'not measured', why: 'loop stuck' });
    lines.hold('LOOP', null);
    await event('window-seen');
  },
);
