/**
 * A whole dock on a real kernel, a User-Mode-Linux process: the packaged dock daemon on lines that the kernel simulates (gpio-sim), the drone on a USB
 * serial port (cdc-acm) that says MAVLink, the power monitor on a USB I2C adapter. What hangs on them is simulated. The guest is started
 * once; each test reads its report.
 */
import test from 'ava';
import { z } from 'zod';
import { nativeBuilt } from '../support/native.ts';
import { given } from '../support/needs.ts';
import { benchLimitMs, benchReport } from './bench.ts';
import { dockCases } from './bench-cases.ts';

const title = 'a whole dock on the kernel bench (a User-Mode-Linux kernel)';
const kernel = nativeBuilt(title) ? given('hardware/linux-uml', title) : null;
const started = kernel ? benchReport(kernel, 'dock-guest.ts', z.record(z.string(), z.unknown())) : null;
const reported = started?.then(({ found }) => found);
// Each test awaits it; between them it must not end the process as a rejection that nobody heard.
reported?.catch(() => {});

function onKernel(name: string, step: string, expected: unknown): void {
  (reported ? test : test.skip)(name, async (t) => {
    t.timeout(benchLimitMs);
    t.deepEqual((await reported)?.[step], expected);
  });
}

onKernel('a closed hatch over a seated drone, powered and heard, is closed with everything off', 'start', {
  mode: 'closed',
  wires: '',
});
onKernel('the heater follows the air of an SHT4x, cold and damp, and is off while the part is gone', 'heater', {
  ...{ cold: 'heater', nack: true, blind: '', damp: 'heater', dry: '' },
});
onKernel('it opens to launch, and stands open with the light on and the motor off', 'open', {
  ...{ moving: 'opens light', wires: 'light', at: 1 },
});
onKernel('it closes over the drone', 'close', { mode: 'closed', wires: '', at: 0 });
onKernel('it charges, and the current is seen', 'charge', { mode: 'charging', wires: 'charger' });
onKernel('it stops charging', 'charged', { mode: 'closed', wires: '' });
onKernel('in rain it does not open to launch', 'rain', {
  ...{ is: 'refused', command: 'open-to-launch', by: 't-17', why: 'weather-beyond-limits' },
});
onKernel('a hatch that is blocked stops by its current, and only a person at the box frees it', 'jam', {
  ...{ jam: 'obstructed-opening', wires: '', nobody: 'nobody-at-the-box', freed: 'jammed' },
});
onKernel('the emergency stop stops it where it is; it stays so until a person at the box resets it', 'stop', {
  ...{ motor: 'off', between: true, still: 'emergency', stood: true },
});
onKernel('after it the hatch closes', 'closed after it', 'closed');
onKernel(
  'lines that are unplugged in mid-motion: told, motor off, all off when they are back, and it closes',
  'lines',
  {
    ...{ what: 'lines', absent: true, motor: 'off', mode: 'jammed', back: 'jammed', jam: 'between', wires: '' },
    closed: 'closed',
  },
);
onKernel('a supply that is no longer measured in mid-motion stops the motor, and it closes when it is back', 'supply', {
  ...{ told: 'dock-lost', motor: 'off', closed: 'closed' },
});
onKernel('a drone that is unplugged is not known to fly or not, and heard again when it is back', 'drone', {
  ...{ unknown: null, again: false },
});
onKernel('a launch that a storm overtakes, by the pulses of cups on a line, is closed again over the drone', 'wind', {
  ...{ motor: 'closes', weather: 'beyond' },
});
onKernel(
  'a daemon that is killed in mid-motion: relays fall; the next one, with an INA219 for its INA226 and lines of sysfs, moves nothing by itself',
  'killed',
  {
    ...{ mode: 'jammed', jam: 'between', stood: true, closed: 'closed' },
  },
);
onKernel('a daemon that ends in mid-motion switches off and gives its lines back', 'ended', {
  ...{ code: 0, wires: '', held: false },
});

(started ? test : test.skip)('every case of both power monitors was run', async (t) => {
  t.timeout(benchLimitMs);
  t.deepEqual((await started)?.ran, dockCases);
});
