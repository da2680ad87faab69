/** The card of deploy/image beside the package: whatever a unit writes lies on what is writable, and nothing else is. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';

const deploy = path.join(import.meta.dirname, '../../deploy');
const textOf = (name: string): string => readFileSync(path.join(deploy, name), 'utf8');
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

interface Mount {
  readonly what: string;
  readonly where: string;
  readonly isReadOnly: boolean;
}

const mounts: readonly Mount[] = lines(textOf('image/files/etc/fstab')).map((line) => {
  const [what = '', where = '', , options = ''] = line.split(/\s+/);
  return { what, where, isReadOnly: options.split(',').includes('ro') };
});
/** systemd's own, in memory. */
const ofSystemd: Mount = { what: 'tmpfs', where: '/run', isReadOnly: false };

function mountOf(file: string): Mount | undefined {
  const isAbove = ({ where }: Mount): boolean => where === '/' || file === where || file.startsWith(`${where}/`);
  return [...mounts, ofSystemd].filter(isAbove).toSorted((a, b) => b.where.length - a.where.length)[0];
}

const units = readdirSync(path.join(deploy, 'systemd')).filter((name) => name.endsWith('.service'));

function written(): string[] {
  const unitLines = units.flatMap((name) => lines(textOf(`systemd/${name}`)));
  const values = (key: string): string[] =>
    unitLines.filter((line) => line.startsWith(`${key}=`)).flatMap((line) => line.slice(key.length + 1).split(' '));
  const made = lines(textOf('systemd/fieldpost.tmpfiles')).map((line) => line.split(/\s+/)[1] ?? '');
  return [
    ...values('StateDirectory').map((name) => `/var/lib/${name}`),
    // A minus: also where it is not there.
    ...values('ReadWritePaths').map((file) => file.replace(/^-/, '')),
    ...made,
    // What provisioning writes, where systemd keeps the time, and what PrivateTmp needs.
    ...['/etc/fieldpost/box.env', '/var/lib/systemd/timesync', '/tmp', '/var/tmp', '/var/log'],
  ];
}

test('what the units of a box write is writable on the card', (t) => {
  const files = written();
  t.true(files.includes('/var/lib/fieldpost') && files.includes('/run/fieldpost'));
  t.deepEqual(
    files.filter((file) => mountOf(file)?.isReadOnly !== false),
    [],
  );
});

test('programs, their units and accounts are not writable on the card, and neither is the boot partition', (t) => {
  const kept = ['/usr/lib/fieldpost', '/etc/systemd/system', '/etc/passwd', '/var/lib/dpkg', '/boot/firmware'];
  t.deepEqual(
    kept.filter((file) => mountOf(file)?.isReadOnly !== true),
    [],
  );
});

test('every folder that is bound from the partition of the state was made there with what the package laid', (t) => {
  const bound = mounts.filter(({ what }) => what.startsWith('/state/')).map(({ what, where }) => `${where}:${what}`);
  const pairs = /for pair in (.*);/.exec(textOf('image/inside.sh'))?.[1]?.split(' ') ?? [];
  t.deepEqual(bound.toSorted(), pairs.map((pair) => `/${pair.replace(':', ':/state/')}`).toSorted());
});

test('the journal of the card is in memory', (t) => {
  t.true(lines(textOf('image/files/etc/systemd/journald.conf.d/volatile.conf')).includes('Storage=volatile'));
});
