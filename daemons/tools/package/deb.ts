/** The Debian package of what was staged: files, units, accounts, what the maintainer's scripts do. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Architecture, debianNames, project } from './project.ts';
import { run } from './run-program.ts';

const deploy = path.join(project, 'deploy');
const home = 'usr/lib/fieldpost';
const doc = 'usr/share/doc/fieldpost';

export interface DebOptions {
  readonly arch: Architecture;
  readonly version: string;
  /** Seconds since 1970 that every file is of. */
  readonly epoch: number;
  /** What makeExecutable and its neighbours laid there. */
  readonly staged: string;
  readonly out: string;
  /** A tenth of the time for a package that is half as large again. */
  readonly isQuick: boolean;
}

/** The newest GLIBC that a file asks for. */
function glibcOf(files: readonly string[]): string {
  const asked = run('readelf', ['-VW', ...files]).matchAll(/GLIBC_2\.(\d+)/g);
  return `2.${Math.max(...[...asked].map(([, minor]) => Number(minor)))}`;
}

const everyFile = (folder: string, below = ''): string[] =>
  readdirSync(path.join(folder, below), { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((one) => {
      const file = path.join(below, one.name);
      if (one.isDirectory()) return everyFile(folder, file);
      return one.isFile() ? [file] : [];
    });

/** 0755 and 0644 whatever the umask was: modes are in the archive. */
function setModes(folder: string): void {
  chmodSync(folder, 0o755);
  for (const one of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, one.name);
    if (one.isDirectory()) setModes(file);
    // An addon is a library: nobody starts it.
    else if (one.isFile()) chmodSync(file, statSync(file).mode & 0o100 && !one.name.endsWith('.node') ? 0o755 : 0o644);
  }
}

/** Writes `fieldpost_VERSION_ARCH.deb` into `out` and gives its path. Errors: as `run`. */
export function makeDeb({ arch, version, epoch, staged, out, isQuick }: DebOptions): string {
  const tree = path.join(out, `tree-${arch}`);
  rmSync(tree, { recursive: true, force: true });
  const put = (name: string, content: string | Buffer, mode = 0o644): void => {
    const file = path.join(tree, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  };
  const copy = (from: string, to: string): void => cpSync(from, path.join(tree, to), { recursive: true });
  const text = (name: string): string => readFileSync(path.join(deploy, name), 'utf8');

  for (const name of ['fieldpost', 'native', 'models', 'firmware-configs'])
    copy(path.join(staged, name), `${home}/${name}`);
  mkdirSync(path.join(tree, 'usr/bin'));
  symlinkSync(`../lib/fieldpost/fieldpost`, path.join(tree, 'usr/bin/fieldpost'));
  // Folders that may be empty: a box has one device and one board of its own.
  for (const name of ['devices', 'boards']) mkdirSync(path.join(tree, 'etc/fieldpost', name), { recursive: true });
  copy(path.join(project, 'firmware-configs/profiles'), 'etc/fieldpost/profiles');
  put('etc/fieldpost/box.env', text('debian/box.env'));

  const units = 'usr/lib/systemd/system';
  put(`${units}/fieldpost@.service`, text('systemd/fieldpost@.service'));
  put(`${units}/fieldpost-restart.service`, text('systemd/fieldpost-restart.service'));
  // Enabled by what is in the package: they do nothing on a box where no token waits, or no agent asks.
  mkdirSync(path.join(tree, units, 'multi-user.target.wants'));
  for (const name of ['fieldpost-provision.service', 'fieldpost-restart.path']) {
    put(`${units}/${name}`, text(`systemd/${name}`));
    symlinkSync(`../${name}`, path.join(tree, units, 'multi-user.target.wants', name));
  }
  for (const name of ['start', 'restart']) put(`${home}/${name}`, text(`systemd/${name}`), 0o755);
  for (const name of readdirSync(path.join(deploy, 'systemd')).filter((one) => one.endsWith('.conf')))
    put(`${units}/fieldpost@${path.basename(name, '.conf')}.service.d/daemon.conf`, text(`systemd/${name}`));
  for (const name of readdirSync(path.join(deploy, 'central')).filter((one) => one.endsWith('.service')))
    put(`${units}/${name}`, text(`central/${name}`));
  put('usr/lib/sysusers.d/fieldpost.conf', text('systemd/fieldpost.sysusers'));
  const links = readdirSync(path.join(staged, 'models')).map(
    (name) => `L+ /var/lib/fieldpost-models/${name} - - - - /${home}/models/${name}\n`,
  );
  put('usr/lib/tmpfiles.d/fieldpost.conf', text('systemd/fieldpost.tmpfiles') + links.join(''));
  put('usr/lib/udev/rules.d/60-fieldpost.rules', text('udev/60-fieldpost.rules'));

  const zipped = (content: string | Buffer): Buffer => gzipSync(content, { level: 9 });
  put(`${doc}/README.Debian`, text('debian/README.Debian'));
  put(`${doc}/central.md`, text('central/README.md'));
  for (const name of ['console.sql', 'dispatch.sql', 'dispatch.example.yaml', 'postgresql.conf'])
    put(`${doc}/${name}`, text(`central/${name}`));
  for (const name of ['mosquitto.conf', 'acl']) put(`${doc}/mosquitto/${name}`, text(`broker/mosquitto/${name}`));
  put(`${doc}/copyright`, text('debian/copyright'));
  put(`${doc}/changelog.gz`, zipped(changelog(version, epoch)));
  put(`${doc}/sbom.cdx.json`, readFileSync(path.join(staged, 'sbom.cdx.json')));
  put(`${doc}/third-party-licences.txt.gz`, zipped(readFileSync(path.join(staged, 'third-party-licences.txt'))));
  put('usr/share/lintian/overrides/fieldpost', text('debian/lintian-overrides'));
  setModes(tree);

  const files = everyFile(tree);
  const sums = files.map((file) => {
    const sum = createHash('md5')
      .update(readFileSync(path.join(tree, file)))
      .digest('hex');
    return `${sum}  ${file}\n`;
  });
  const kilobytes = files.reduce((sum, file) => sum + Math.ceil(statSync(path.join(tree, file)).size / 1024), 0);
  const libraries = [`${home}/fieldpost`, ...files.filter((file) => file.endsWith('.node'))];
  const control = text('debian/control')
    .replaceAll('@VERSION@', version)
    .replaceAll('@ARCH@', debianNames[arch])
    .replaceAll('@SIZE@', String(kilobytes))
    .replaceAll('@GLIBC@', glibcOf(libraries.map((file) => path.join(tree, file))));
  put('DEBIAN/control', control);
  put('DEBIAN/md5sums', sums.join(''));
  put(
    'DEBIAN/conffiles',
    files
      .filter((file) => file.startsWith('etc/'))
      .map((file) => `/${file}\n`)
      .join(''),
  );
  for (const script of ['postinst', 'prerm', 'postrm']) put(`DEBIAN/${script}`, text(`debian/${script}`), 0o755);
  chmodSync(path.join(tree, 'DEBIAN'), 0o755);

  const deb = path.join(out, `fieldpost_${version}_${debianNames[arch]}.deb`);
  const packing = isQuick ? ['-Zgzip', '-z1'] : ['-Zxz'];
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch) };
  // One thread: how xz cuts its blocks depends on how many it has.
  run('dpkg-deb', ['--root-owner-group', '--threads-max=1', ...packing, '-b', tree, deb], { env });
  rmSync(tree, { recursive: true });
  return deb;
}

const changelog = (version: string, epoch: number): string => {
  const day = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000');
  return `fieldpost (${version}) stable; urgency=medium\n\n  * What changed is in daemons/CHANGELOG.md of the project.\n\n -- Fieldpost <fieldpost@localhost.localdomain>  ${day}\n`;
};
