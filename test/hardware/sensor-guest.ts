/**
 * Runs as root in the User-Mode-Linux kernel: the packaged gas daemon on simulated parts behind the kernel's own I2C and serial drivers. Its
 * last line is JSON; sensor-bench.test.ts asserts on it.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BoxEvent } from '../../daemons/core/values/envelope.ts';
import type { Kept } from '../support/kept.ts';
import { type GuestBox, guestBox } from './box-daemon.ts';
import { busAt, linePlug, mcpPlug, type Plug, report, tinyPlug, ttyAt, until } from './kernel.ts';
import type { BusTrouble } from './mcp2221.ts';
import { type BusName, lineNames, spoiledDevice } from './sensor-board.ts';
import { air, half, mute, onBuses, onLines, onOther } from './sensor-mishaps.ts';
import { type Said, sayings, well } from './sensor-words.ts';
import type { Wired } from './usb-models.ts';

const [program = ''] = process.argv.slice(2);
let trouble: BusTrouble | null = null;
/** The second is an adapter that tells a held clock and a lost bus. */
const [busA, busB, lines] = await Promise.all([
  tinyPlug(0),
  mcpPlug(1, () => trouble),
  Promise.all(lineNames.map((_, i) => linePlug(2 + i))),
]);
const buses: Record<BusName, Plug<Wired>> = { 'bus-a': busA, 'bus-b': busB };

/** What its values say of a sensor over time is no matter of the kernel. */
const unjudged = { spike: false, rate: false, flatline: false, crc: false, saturated: false };

interface Sensor {
  readonly id: string;
  readonly part: string;
  readonly port: string;
  readonly options: Readonly<Record<string, unknown>>;
}

function boxWith(sensors: readonly Sensor[]): GuestBox {
  const bus = (name: BusName) => ({ bus: Number(buses[name].device.slice('i2c-'.length)) });
  const line = (device: string) => ({ path: `/dev/${device}`, baudRate: 9600 });
  return guestBox(program, 'gas', {
    board: {
      ports: {
        i2c: { 'bus-a': bus('bus-a'), 'bus-b': bus('bus-b') },
        serial: Object.fromEntries(lines.map(({ device }, i) => [lineNames[i] ?? '', line(device)])),
      },
      sensors: sensors.map(({ id, part, port, options }) => ({
        ...{ id, part, port, options, serial: 'SIM-1', stuckAfter: false, quality: unjudged },
      })),
    },
    profile: { gas: { samplePeriodMs: 2000, telemetry: { batch: 20, holdMs: 0 }, rules: [] } },
  });
}

/** Resolves when each sensor said what it has to since `since`; who did not is told to whoever reads the guest's errors. */
async function all<T>(box: GuestBox, ids: readonly string[], find: (id: string, kept: Kept) => T | null, since?: Kept) {
  let toldMs = performance.now();
  return box.until((kept) => {
    const found = ids.map((id) => [id, find(id, kept)] as const);
    const waits = found.filter(([, one]) => one === null).map(([id]) => id);
    if (waits.length > 0) {
      if (performance.now() > toldMs + 30_000) {
        toldMs = performance.now();
        const last = waits.map((id) => `${id} ${JSON.stringify(sayings(kept.readings, id).at(-1))}`);
        process.stderr.write(`waits for ${last.join(', ')}\n`);
      }
      return undefined;
    }
    return Object.fromEntries(found) as Record<string, T>;
  }, since);
}

const step = (name: string): void => void process.stderr.write(`${name} ${Math.round(performance.now())}\n`);

/** One daemon on all parts, through all that goes wrong, and well again after each. */
async function throughMishaps() {
  const onBus = [
    ...onBuses.map((one) => ({ ...one, port: 'bus-a', id: one.part })),
    ...onOther.map((one) => ({ ...one, port: 'bus-b', id: `${one.part}-mcp` })),
  ];
  const onLine = onLines.map((one, i) => ({ ...one, port: lineNames[i] ?? '', id: one.part }));
  const sensors = [...onBus, ...onLine];
  const ids = sensors.map(({ id }) => id);
  const put = (how: 'well' | 'silent' | 'corrupt'): void => {
    buses['bus-a'].put({ parts: new Map(onBuses.flatMap((one) => [...one[how]()])) });
    lines.forEach((line, i) => {
      const one = onLines[i];
      line.put(one && how !== 'silent' ? one[how]() : mute);
    });
  };
  put('well');
  buses['bus-b'].put({ parts: new Map(onOther.flatMap((one) => [...one.well()])) });

  const box = boxWith(sensors);
  const told: Record<string, readonly Said[]> = {};
  /** Who answered again, by what had gone wrong before. */
  const back: Record<string, readonly string[]> = {};
  const flagOf = (id: string, flags: readonly string[], { readings }: Kept): string | null => {
    const one = readings.find((each) => each.sensor === id && each.flags.some((flag) => flags.includes(flag)));
    return one?.flags.find((flag) => flags.includes(flag)) ?? null;
  };
  /** The last word on each sensor. */
  const standing = async (): Promise<BoxEvent[]> => {
    const { events } = await box.upToNow();
    return ids.flatMap((id) => {
      const last = events.findLast(({ type, detail }) => /^sensor-/.test(type) && detail.sensor === id);
      return last ? [last] : [];
    });
  };
  /** Something goes wrong: waits until each sensor has its flag, and gives what the daemon said of it. */
  async function wrong(name: string, change: () => void, flagsOf: (id: string) => readonly string[]): Promise<void> {
    const since = await box.upToNow();
    change();
    await all(box, ids, (id, kept) => flagOf(id, flagsOf(id), kept), since);
    told[name] = (await standing()).flatMap(({ type, detail, message }) =>
      type === 'sensor-failing' ? [{ id: String(detail.sensor), kind: String(detail.kind), message }] : [],
    );
    step(name);
  }
  async function wellAgain(name: string, change: () => Promise<void> | void): Promise<void> {
    const since = await box.upToNow();
    await change();
    await all(box, ids, (id, { readings }) => well(sayings(readings, id).at(-1) ?? [], id), since);
    back[name] = (await standing()).flatMap(({ type, detail }) =>
      type === 'sensor-working' ? [String(detail.sensor)] : [],
    );
    step(`well after ${name}`);
  }
  const flags = (tiny: (one: (typeof onBuses)[number]) => string, mcp: string, line: (part: string) => string[]) =>
    new Map<string, readonly string[]>([
      ...onBus.map(({ id, port, ...one }) => [id, [port === 'bus-a' ? tiny(one) : mcp]] as const),
      ...onLine.map(({ id, part }) => [id, line(part)] as const),
    ]);
  const from = (map: ReadonlyMap<string, readonly string[]>) => (id: string) => map.get(id) ?? [];

  box.start();
  await wellAgain('start', () => {});
  // The climate that others are compensated by: another, then none.
  let since = await box.upToNow();
  air.relativePercent = 80;
  const last = ({ readings }: Kept, flag?: string) =>
    readings.findLast(({ sensor, flags: has }) => sensor === 'sgp4x' && (!flag || has.some((one) => one === flag)));
  const humid = await box.until((kept) => {
    const one = last(kept);
    return one && one.value !== 30_132 ? one.value : undefined;
  }, since);
  air.relativePercent = 41.5;
  since = await box.upToNow();
  buses['bus-a'].put({ parts: new Map(onBuses.flatMap((one) => [...one.well()]).filter(([at]) => at !== 0x44)) });
  const alone = await box.until((kept) => last(kept, 'uncompensated')?.value, since);
  put('well');
  step('climate');

  const set = (next: BusTrouble | null) => {
    trouble = next;
  };
  await wrong(
    'silent',
    () => {
      put('silent');
      set('held in a read');
    },
    from(
      flags(
        () => 'nack',
        'timeout',
        () => ['timeout'],
      ),
    ),
  );
  await wrong(
    'corrupt',
    () => {
      put('corrupt');
      set('held in a write');
    },
    from(
      flags(
        ({ corruptFlag }) => corruptFlag,
        'timeout',
        (part) => [onLines.find((one) => one.part === part)?.corruptFlag ?? ''],
      ),
    ),
  );
  await wellAgain('corrupt', () => {
    put('well');
    set(null);
  });
  await wrong(
    'half',
    () => {
      buses['bus-a'].put({ parts: new Map(onBuses.flatMap((one) => [...one.well()])), spoil: half });
      lines.forEach((line, i) => {
        const one = onLines[i];
        line.put(one ? spoiledDevice(one.well(), half) : null);
      });
      set('lost');
    },
    from(
      flags(
        () => 'absent',
        'timeout',
        () => ['timeout', 'protocol', 'checksum'],
      ),
    ),
  );
  await wellAgain('half', () => {
    put('well');
    set(null);
  });
  const plugs = [buses['bus-a'], buses['bus-b'], ...lines];
  await wrong(
    'unplugged',
    () => {
      for (const one of plugs) one.unplug();
      for (const one of [...onBuses, ...onOther]) one.renew();
    },
    () => ['absent'],
  );
  await wellAgain('unplugged', async () => {
    put('well');
    buses['bus-b'].put({ parts: new Map(onOther.flatMap((one) => [...one.well()])) });
    for (const one of plugs) await one.again();
  });
  const { readings } = await box.upToNow();
  const said = Object.fromEntries(ids.map((id) => [id, sayings(readings, id)]));
  return { told, back, climate: { humid, alone }, said, code: await box.end('SIGTERM') };
}

const mishaps = await throughMishaps();
let folder = 'was written to';
try {
  writeFileSync(path.join(path.dirname(program), 'written'), '');
} catch (error) {
  folder = (error as NodeJS.ErrnoException).code ?? '';
}
for (const one of [busA, busB, ...lines]) one.unplug();
await until(() => ([0, 1].some(busAt) || lines.some((_, i) => ttyAt(2 + i)) ? null : true));
const ran = [...onBuses, ...onLines].map(({ part }) => [
  part,
  ['well', ...Object.keys(mishaps.told), ...(part === 'sgp4x' ? ['climate'] : [])],
]);
report({ ...mishaps, folder }, Object.fromEntries(ran));
