import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { gasBox } from '../support/gas-box.ts';
import { needs } from '../support/needs.ts';
import { quick, technician } from '../support/technician.ts';
import { openTmux } from '../support/tmux.ts';

const inTerminal = needs('tmux', 'the wizard in a terminal') ? test.serial : test.serial.skip;
const main = path.join(import.meta.dirname, '../../daemons/main.ts');
/** Screens for a person to look at. */
const looks = path.join(os.tmpdir(), 'fieldpost-pictures');
mkdirSync(looks, { recursive: true });

inTerminal('a full adjustment by keys at 80 by 24, from the flow check to the printed record', async (t) => {
  t.timeout(150_000);
  const box = await gasBox(t, quick);
  await technician(t, box);
  const out = path.join(box.state, 'print');
  const screen = openTmux(t, [process.execPath, main, 'calibrate', '--state', box.state, '--out', out, '--lang', 'en']);
  await screen.shows(/Which channel/);
  screen.press('1', 'Enter');
  await screen.shows(/staff code/);
  screen.press('tech-7', 'Enter');
  await screen.shows(/Zero gas/);
  screen.press('Enter');
  await screen.shows(/Span gas/);
  screen.press('Enter');
  await screen.shows(/second level/);
  screen.press('Enter');
  await screen.shows(/CHECK THE FLOW/);
  screen.press('Enter');
  await screen.shows(/CHECK FOR LEAKS/);
  screen.press('Enter');
  for (const [step, asked, ppm] of [
    [4, /CONNECT SYNTHETIC AIR/, 0],
    [5, /CONNECT AMMONIA 25 ppm/, 25],
    [6, /CONNECT SYNTHETIC AIR/, 0],
    [7, /CONNECT AMMONIA 25 ppm/, 25],
    [8, /CONNECT AMMONIA 10 ppm/, 10],
  ] as const) {
    await screen.shows(new RegExp(`Step ${step} of 10`));
    t.regex(screen.text(), asked);
    await box.connect('modbus-tcp', { ammonia: ppm });
    screen.press('Enter');
    if (step === 7) writeFileSync(path.join(looks, 'wizard.txt'), await screen.shows(/FLOWS/));
  }
  await screen.shows(/NEW CALIBRATION IN FORCE/);
  await box.connect('modbus-tcp', null);
  await screen.shows(/Enter: close/);
  const last = screen.text();
  t.true(last.split('\n').every((line) => [...line].length <= 80));
  writeFileSync(path.join(looks, 'wizard-end.txt'), last);
  screen.press('Enter');
  const closed = await screen.shows(/code 0/);
  writeFileSync(path.join(looks, 'wizard-closed.txt'), closed);
  const [file = ''] = readdirSync(out);
  const page = readFileSync(path.join(out, file), 'utf8');
  writeFileSync(path.join(looks, 'record.html'), page);
  for (const one of ['Record of adjustment', 'tech-7', 'As found', 'As left', 'SIM-7', 'SHA-256', '<svg'])
    t.true(page.includes(one), one);
});
