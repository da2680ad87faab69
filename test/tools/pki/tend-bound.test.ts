/** A lost box is cut off within a minute of its denial, by the clock of `pki tend` and with what the command line is given by itself. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { Command } from 'commander';
import type { Clock } from '../../../daemons/core/ports/clock.ts';
import * as centre from '../../../daemons/tools/pki/authority.ts';
import { tendLine } from '../../../daemons/tools/pki/tend.ts';
import { addPki } from '../../../daemons/tools/verbs/pki.ts';
import { freshFolder } from '../../core/spool/keeping.ts';
import { put, sitePki } from '../../support/site-pki.ts';

const boundS = 60;

function usualEveryS(): number {
  const program = new Command();
  addPki(program);
  const tend = program.commands
    .find((one) => one.name() === 'pki')
    ?.commands.find((one) => one.name() === 'tend')
    ?.options.find(({ long }) => long === '--every');
  return Number(tend?.defaultValue);
}

test('from a denial to the restart of the broker it is less than a minute, also where the first restart fails', async (t) => {
  const folder = freshFolder(t);
  const site = await sitePki(path.join(folder, 'ca'));
  await centre.deny(site.folder, 'nobody', 'makes the first list');
  const broker = await site.server(path.join(folder, 'broker'));
  put(broker, 'denied.crl', readFileSync(path.join(site.folder, 'denied.crl'), 'utf8'));
  await centre.device('post-1', { authority: site.folder, out: path.join(folder, 'post-1'), days: 398 });
  const [count, gate] = [path.join(folder, 'restarts'), path.join(folder, 'gate')];
  const stop = new AbortController();
  let seconds = 0;
  let deniedS = Number.NaN;
  let cutS = Number.NaN;
  const looks: number[] = [];
  const clock: Clock = {
    now: () => ({ wallMs: Date.now(), monoNs: seconds * 1e9, boot: 'b', synced: true, uncertaintyMs: 1 }),
    sleep: async (ms) => {
      looks.push(seconds);
      if (existsSync(count)) cutS = seconds;
      if (existsSync(count) || looks.length > 20) return stop.abort();
      if (looks.length === 2) {
        // The worst instant: right after it looked. The broker does not start again at the first try.
        await centre.deny(site.folder, 'post-1', 'stolen');
        deniedS = seconds;
      }
      if (looks.length === 3) writeFileSync(gate, '');
      seconds += ms / 1000;
    },
  };
  const everyS = usualEveryS();
  await tendLine(
    {
      ...{ folders: [broker], from: { authority: site.folder }, everyMs: everyS * 1000, days: 398 },
      restart: `test -e ${gate} && echo restarted >> ${count}`,
    },
    { signal: stop.signal, progress: () => {}, clock, log: { info: () => {}, warn: () => {}, error: () => {} } },
  );
  t.true(cutS - deniedS > everyS, 'the first restart did not fail');
  t.true(cutS - deniedS < boundS, `${cutS - deniedS} s`);
});

test('no unit that is shipped makes it look less often', (t) => {
  const deploy = path.join(import.meta.dirname, '../../../deploy');
  const unit = readFileSync(path.join(deploy, 'central/fieldpost-tend.service'), 'utf8');
  t.regex(unit, /^ExecStart=\/usr\/bin\/fieldpost pki tend .*--restart /m);
  t.notRegex(unit, /--every/);
  t.true(2 * usualEveryS() < boundS);
});
