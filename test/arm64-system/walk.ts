/** The walk of a technician (scenarios/installed.guest.sh) with the arm64 package, on a Debian kernel under systemd. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { laterThan, layWalk, type Walk, walked } from '../support/installed.ts';
import { boot, endsWithin } from './machine.ts';
import { ran } from './ran.ts';

/** A step takes an emulated processor some ten times as long; its watchdog is four times that of a walk on this one, two minutes. */
const walk: Walk = { kind: 'whole', times: 4 };
const limitMs = 90 * 60_000;

interface Rig {
  readonly room: string;
  readonly deb: string;
  readonly folder: string;
  readonly say: (text: string) => void;
}

/** What differs from what must be, in words. */
export async function walks({ room, deb, folder, say }: Rig): Promise<readonly string[]> {
  const over = path.join(folder, 'over');
  mkdirSync(path.join(over, 'root'), { recursive: true });
  layWalk(over, walk, deb, laterThan(deb, '0.1.1', folder));
  const payload = path.join(folder, 'walk.tar');
  // By name: the folder's own mode would become that of the root.
  await ran('tar', '-C', over, '--owner=0', '--group=0', '-cf', payload, 'root', 'etc');
  const disk = path.join(folder, 'disk.img');
  await ran('cp', '--sparse=always', path.join(room, 'root.img'), disk);
  say('boots');
  const machine = boot({ room, disk, payload });
  const isOver = await endsWithin(machine, limitMs);
  const left = path.join(folder, 'left');
  mkdirSync(left);
  await ran('debugfs', '-R', `rdump /root ${left}`, disk);
  const home = path.join(left, 'root');
  const { wrong, said, envelopes } = walked(home, walk);
  process.stdout.write(`${said}\n`);
  say(`${envelopes} envelopes at the centre`);
  if (wrong.length > 0) {
    for (const name of ['output', 'journal'].map((one) => path.join(home, one)).filter(existsSync))
      process.stdout.write(`${readFileSync(name, 'utf8').slice(-8000)}\n`);
    process.stdout.write(`${machine.console().slice(-12_000)}\n`);
  }
  return isOver ? wrong : [...wrong, 'switched off before its end'];
}
