import { type ChildProcess, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { chronySource } from '../../../daemons/core/adapters/clock.ntp.ts';
import type { TimeFix } from '../../../daemons/core/ports/time-source.ts';
import { allows, findProgram, needs } from '../../support/needs.ts';

const title = 'the bound of a real chronyd';

/** A UDP port that nobody uses now. */
async function freePort(): Promise<number> {
  const socket = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** A chronyd that never touches this machine's clock (-x), with its own ports; gone after the test. */
function chronyd(t: ExecutionContext, lines: readonly string[]): void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-chrony-'));
  const file = path.join(folder, 'chrony.conf');
  writeFileSync(file, [...lines, `pidfile ${folder}/pid`, 'bindcmdaddress 127.0.0.1', 'bindcmdaddress /'].join('\n'));
  const child: ChildProcess = spawn(findProgram('chronyd') ?? '', ['-d', '-x', '-u', 'root', '-L', '2', '-f', file], {
    stdio: 'ignore',
  });
  t.teardown(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGTERM')) await gone;
    rmSync(folder, { recursive: true, force: true });
  });
}

const look = (port: number): ReturnType<typeof chronySource> =>
  chronySource({
    command: [findProgram('chronyc') ?? '', '-h', '127.0.0.1', '-p', String(port), '-n', '-c', 'tracking'],
    looksMs: { first: 0, searching: 200, following: 200, absent: 200 },
  });
const read = () => ({ monoNs: Number(process.hrtime.bigint()), systemMs: Date.now() });

const may = allows(process.getuid?.() === 0 ? null : 'needs root', title) && needs('chronyd', title);
(may ? test : test.skip)(`${title} that follows a server holds; one that only follows itself gives none`, async (t) => {
  t.timeout(60_000);
  const [serverPort, serverCmd, clientCmd] = [await freePort(), await freePort(), await freePort()];
  chronyd(t, [`port ${serverPort}`, `cmdport ${serverCmd}`, 'local stratum 8', 'allow 127.0.0.1']);
  chronyd(t, [`server 127.0.0.1 port ${serverPort} iburst`, 'port 0', `cmdport ${clientCmd}`]);
  const own: TimeFix[] = [];
  const onServer = look(serverCmd).watch(read, (fix) => own.push(fix));
  const found = Promise.withResolvers<TimeFix>();
  const onClient = look(clientCmd).watch(read, (fix) => found.resolve(fix));
  const fix = await found.promise;
  onServer.close();
  onClient.close();
  t.is(fix.source, 'chrony');
  // Both are this machine's clock: the bound must hold 0 and say little more than the loopback's delay.
  t.true(fix.uncertaintyMs > 0 && fix.uncertaintyMs < 1000, `${fix.uncertaintyMs} ms`);
  t.deepEqual(own, []);
});
