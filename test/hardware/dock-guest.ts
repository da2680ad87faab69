/**
 * Runs as root in the User-Mode-Linux kernel: the dock daemon as a process on lines of a simulated chip, a drone on a USB serial port, a
 * power monitor and an SHT4x on a USB I2C adapter, whose drivers are the kernel's own. Its last line is JSON; dock-bench.test.ts asserts on it.
 */
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { simulatedSht4x } from '../../daemons/tools/simulate/devices/sht4x.ts';
import type { Kept } from '../support/kept.ts';
import { guestBox } from './box-daemon.ts';
import { dockBoard, lines } from './dock-board.ts';
import { hatchModel, ina219, ina226, standingDrone } from './dock-model.ts';
import { simulatedChip } from './gpio-sim.ts';
import { busAt, report as end, plugged, ttyAt, until } from './kernel.ts';
import { cdcAcm, tinyUsb } from './usb-models.ts';
import { plug } from './usbip.ts';

const [program = ''] = process.argv.slice(2);
const names = Object.fromEntries(Object.entries(lines).map(([name, offset]) => [offset, name]));
const chip = simulatedChip('dock', { label: 'dock-gpio', lines: 12, names });
// Stays when the other goes, as the chip of the board itself does when an expander is pulled.
simulatedChip('board', { label: 'board-gpio', lines: 2 });
const hatch = hatchModel(chip);
const flows = () => ({ volts: 24, amps: hatch.amps() });
/** The air within the dock. */
const air = { temperatureC: 20, relativePercent: 40 };
const airPart = simulatedSht4x(() => air);
const airAt = 0x44;
/** By its I2C address: the monitor of the dock, the one that is soldered in its place later, and what measures the air. */
const supply = new Map([
  [0x40, ina226(flows)],
  [0x41, ina219(flows)],
  [airAt, airPart],
]);
const plugSupply = () =>
  plug(
    tinyUsb(() => ({ parts: supply })),
    0,
  );
const drone = standingDrone();
const plugDrone = () =>
  plug(
    cdcAcm(() => drone),
    1,
  );
let monitor = await plugged(plugSupply, () => busAt(0));
let serial = await plugged(plugDrone, () => ttyAt(1));
const [bus, tty] = [await until(() => busAt(0)), await until(() => ttyAt(1))];

const ports = { bus: Number(bus.slice('i2c-'.length)), tty: `/dev/${tty}`, airAt };
const box = guestBox(program, 'dock', {
  board: dockBoard({ ...ports, gpio: 'chardev', part: 'ina226', address: 0x40 }),
  profile: {
    dock: {
      // A loaded guest is slow: what is judged by time has much of it.
      motor: { travelMs: 120_000, maxA: 6, inrushMs: 400, restA: 0.5, minV: 22 },
      weather: { maxWindMs: 10, freshMs: 120_000 },
      vehicle: { system: 1, freshMs: 20_000 },
      ready: { batteryPercent: 80, uHorizontalM: 5, calibrationAgeH: 24, freeMB: 1 },
      supplyWithinMs: 20_000,
      heater: { onBelowC: 5, offAboveC: 8, onAbovePercent: 85, offBelowPercent: 75 },
    },
  },
});

interface Answer {
  readonly mode: string;
  readonly motor: string;
  readonly jam: string | null;
  readonly amps: number | null;
  readonly seen: Readonly<Record<string, unknown>>;
  readonly said: readonly { readonly is: string; readonly why?: string }[];
}
function ask(request: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path.join(box.state, 'dock.sock'));
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (!text.includes('\n')) return;
      socket.destroy();
      resolve(JSON.parse(text) as Answer);
    });
    socket.once('error', reject).once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
  });
}
const command = (name: string): Promise<Answer> => ask({ ask: 'command', command: name, by: 't-17' });
/** Resolves with the dock once it stands so. */
async function stands(is: (dock: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const dock = await ask({ ask: 'state' }).catch(() => null);
    if (dock && is(dock)) return dock;
    await sleep(100);
  }
}
const mode = (name: string): Promise<Answer> => stands((dock) => dock.mode === name);
const fitToFly = (): Promise<Answer> =>
  stands(({ seen }) => seen.power === true && seen.weather === 'fine' && seen.seated === true);
/**
 * Gives the command until the dock stands so. On a guest that stood still for seconds an answer of the power monitor is late, which the dock
 * takes for a lost supply, and stops: then the hatch is closed, and it begins again.
 */
async function brought(name: string, is: (dock: Answer) => boolean): Promise<Answer> {
  for (;;) {
    await fitToFly();
    await command(name);
    const dock = await stands((now) => is(now) || now.motor === 'off');
    if (is(dock)) return dock;
    if (name !== 'close' && dock.mode !== 'closed') await closes();
  }
}
const underWay = (): Promise<Answer> => brought('open-to-launch', ({ motor }) => motor === 'opens' && hatch.at() > 0.2);
const closes = async (): Promise<string> => (await brought('close', (dock) => dock.mode === 'closed')).mode;
/** The motor is off all the while, so here the mode tells whether it was given up. */
async function charges(): Promise<Answer> {
  for (;;) {
    await fitToFly();
    await command('charge');
    const dock = await stands((now) => now.mode !== 'charging' || (now.amps ?? 0) > 1);
    if (dock.mode === 'charging') return dock;
    if (dock.mode !== 'closed') await closes();
  }
}
const off = (): Promise<unknown> => until(() => (Object.values(hatch.wires()).includes(true) ? null : hatch.wires()));
const lit = (wires = hatch.wires()): string =>
  Object.entries(wires)
    .flatMap(([name, is]) => (is ? [name] : []))
    .join(' ');
/** Resolves with what stands on the wires once it is that. */
const shows = (wires: string): Promise<string> => until(() => (lit() === wires ? wires : null));
const report: Record<string, unknown> = {};
type Monitor = 'ina226' | 'ina219';
let monitored: Monitor = 'ina226';
const ran: Record<Monitor, string[]> = { ina226: [], ina219: [] };
const step = (name: string, value: unknown): void => {
  report[name] = value;
  ran[monitored].push(name);
  process.stderr.write(`${name} ${JSON.stringify(value)} ${Math.round(performance.now())}\n`);
};
let since: Kept | undefined;
const event = (type: string, what?: string) =>
  box.until(({ events }) => events.find((one) => one.type === type && one.detail.what === what), since);

box.start();
step('start', { mode: (await fitToFly()).mode, wires: lit() });

since = await box.upToNow();
air.temperatureC = 2;
const cold = await shows('heater');
supply.delete(airAt);
const airLost = await event('dock-air-lost');
const blind = await shows('');
// What is measured again is warm and damp.
Object.assign(air, { temperatureC: 20, relativePercent: 90 });
supply.set(airAt, airPart);
await event('dock-air-back');
const damp = await shows('heater');
air.relativePercent = 40;
step('heater', { cold, nack: /ENXIO/.test(airLost.message), blind, damp, dry: await shows('') });

await brought('open-to-launch', ({ motor }) => motor === 'opens');
const moving = lit();
await brought('open-to-launch', (dock) => dock.mode === 'open');
step('open', { moving, wires: await until(() => (lit() === 'light' ? lit() : null)), at: hatch.at() });
step('close', { mode: await closes(), wires: (await off()) && lit(), at: hatch.at() });

const charging = await charges();
step('charge', { mode: charging.mode, wires: lit() });
await command('stop-charging');
step('charged', { mode: (await mode('closed')).mode, wires: (await off()) && lit() });

hatch.put('rain', true);
await stands(({ seen }) => seen.weather === 'beyond');
step('rain', (await command('open-to-launch')).said[0]);
hatch.put('rain', false);

let jammed: Answer;
do {
  await underWay();
  hatch.block(true);
  jammed = await stands(({ motor }) => motor === 'off');
  await off();
  hatch.block(false);
} while (jammed.jam !== 'obstructed-opening');
const nobody = await command('reset');
hatch.put('person', true);
await stands(({ seen }) => seen.person === true);
const freed = await command('reset');
hatch.put('person', false);
step('jam', { jam: jammed.jam, wires: lit(), nobody: nobody.said[0]?.why, freed: freed.mode });

/** A person at the box lets go of the button and resets the dock; gives what it said to a command before. */
async function resetByHand(): Promise<string | undefined> {
  hatch.put('stopPressed', false);
  await stands(({ seen }) => seen.stopPressed === false);
  const refused = (await command('close')).said[0]?.why;
  hatch.put('person', true);
  await stands(({ seen }) => seen.person === true);
  await command('reset');
  hatch.put('person', false);
  return refused;
}
/** Until it was pressed in mid-motion: on a guest that stood still for seconds the hatch may have come to its end before. */
async function stoppedBetween(): Promise<Answer> {
  for (;;) {
    await underWay();
    hatch.put('stopPressed', true);
    const dock = await mode('emergency');
    await off();
    if (hatch.at() < 1) return dock;
    await resetByHand();
    await closes();
  }
}
const stopped = await stoppedBetween();
const stoodAt = hatch.at();
const still = await resetByHand();
step('stop', { motor: stopped.motor, between: stoodAt > 0 && stoodAt < 1, still, stood: hatch.at() === stoodAt });
step('closed after it', await closes());

since = await box.upToNow();
await underWay();
hatch.unplug();
const lost = await event('dock-lost', 'lines');
const gone = await ask({ ask: 'state' });
hatch.replug();
await event('dock-back', 'lines');
const after = await fitToFly();
step('lines', {
  ...{ what: lost.detail.what, absent: /ENODEV|EBADF/.test(lost.message), motor: gone.motor, mode: gone.mode },
  ...{ back: after.mode, jam: after.jam, wires: lit(), closed: await closes() },
});

since = await box.upToNow();
await underWay();
monitor.unplug();
const unmeasured = await stands(({ amps, motor }) => amps === null && motor === 'off');
const told = (await event('dock-lost', 'supply')).type;
await off();
await until(() => (busAt(0) ? null : true));
monitor = await plugged(plugSupply, () => busAt(0));
step('supply', { told, motor: unmeasured.motor, closed: await closes() });

serial.unplug();
const unknown = (await stands(({ seen }) => seen.airborne === null)).seen.airborne;
await until(() => (ttyAt(1) ? null : true));
serial = await plugged(plugDrone, () => ttyAt(1));
step('drone', { unknown, again: (await stands(({ seen }) => seen.airborne === false)).seen.airborne });

// A launch that weather overtakes: it closes by itself over the drone, and there it is killed.
let overtaken: Answer;
for (;;) {
  await underWay();
  hatch.blow('storm');
  overtaken = await stands(({ seen, motor }) => seen.weather === 'beyond' && motor !== 'opens');
  hatch.blow('calm');
  if (overtaken.motor === 'closes') break;
  await closes();
}
step('wind', { motor: overtaken.motor, weather: overtaken.seen.weather });
await box.end('SIGKILL');
await off();
const heldAt = hatch.at();
// Its power monitor is exchanged meanwhile, and its lines are those of sysfs from now on.
box.solder(dockBoard({ ...ports, gpio: 'onoff', part: 'ina219', address: 0x41 }));
monitored = 'ina219';
box.start();
const next = await fitToFly();
step('killed', {
  mode: next.mode,
  jam: next.jam,
  stood: hatch.at() === heldAt,
  closed: await closes(),
});

await underWay();
const code = await box.end('SIGTERM');
await off();
step('ended', { code, wires: lit(), held: Object.values(lines).some((offset) => chip.isHeld(offset)) });
monitor.unplug();
serial.unplug();
await until(() => (busAt(0) || ttyAt(1) ? null : true));
end(report, ran);
