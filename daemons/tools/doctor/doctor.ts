/** `fieldpost doctor`: one screen that a technician can act on. It looks at everything and changes nothing. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { inForceIn } from '../../core/adapters/in-force.files.ts';
import { openStorageKey } from '../../core/adapters/storage-key.tpm.ts';
import { type Box, loadBox } from '../../core/config/box.ts';
import type { SpoolSection } from '../../core/spool/limits.ts';
import { spoolSection } from '../../core/spool/section.ts';
import { storageSection } from '../../core/wear/life.ts';
import { mistakesOf } from '../check.ts';
import { judgeClock, lookAtClock } from './clock.ts';
import { judgeDisk, readDisk } from './disk.ts';
import { type Area, areas, type Finding, fine, needsAction, note, screen, warn, wrong } from './finding.ts';
import { lookAtIdentity } from './identity.ts';
import { lookAtSpools } from './spools.ts';
import { lookAtWear } from './wear.ts';

export interface Asked {
  /** What was laid on the box. */
  readonly config: string;
  /** The agent's folder: what it put in force goes before `config`. null: there is no agent. */
  readonly agent: string | null;
  readonly device: string;
  readonly state: string;
  readonly feed: string;
}

export interface Diagnosis {
  readonly device: string;
  readonly findings: readonly Finding[];
  /** 0 when nothing asks for action, 1 otherwise. */
  readonly code: 0 | 1;
}

/** Never throws for what it finds: a piece that is missing or broken is a finding of its own. */
export async function diagnose({ config: laid, agent, device, state, feed }: Asked): Promise<Diagnosis> {
  const findings: Finding[] = [];
  const look = async (area: Area, work: () => Promise<readonly Finding[]> | readonly Finding[]): Promise<void> => {
    try {
      findings.push(...(await work()));
    } catch (error) {
      // Whatever it is, the rest of the screen is what a technician needs now.
      const why = error instanceof Error ? error.message : String(error);
      findings.push(
        wrong(area, `cannot be looked at: ${why}`, 'run the doctor as root; if it stays, report this line'),
      );
    }
  };

  const config = agent === null ? laid : inForceIn(agent, laid).config;
  await look('config', () => [
    ...judgeConfig(config, laid, device),
    ...(config === laid ? [] : judgeLaid(laid, device)),
  ]);
  const box = boxOf(config, device);
  if (existsSync(state)) {
    const key = await keyOf(state, box);
    const clock = await lookAtClock(path.join(state, 'clock.json'), feed);
    const nowMs = clock.at.wallMs;
    let wear: Readonly<Record<string, unknown>> = {};
    await look('disk', () => judgeDisk(readDisk(state)));
    await look('spool', () => {
      const folder = path.join(state, 'spool');
      if (!existsSync(folder))
        return [
          warn('spool', `${folder} is not there: no daemon has run`, 'start one: `systemctl start fieldpost-gas`'),
        ];
      const found = lookAtSpools({ folder, section: sectionOf(box), master: key.key, nowMs });
      wear = found.wear;
      return found.findings;
    });
    await look('clock', () => judgeClock(clock));
    await look('wear', () => lookAtWear(state, box?.board.storage ?? storageSection.parse({}), wear));
    await look('identity', () =>
      lookAtIdentity({ folder: path.join(state, 'identity'), device, brokers: brokersOf(box), nowMs }),
    );
    await look('encryption', () => [key.finding]);
  } else
    findings.push(
      wrong(
        'disk',
        `the state folder ${state} is not there`,
        'check --state and that its card is mounted (`findmnt`); a daemon makes it at its first start',
      ),
    );
  const sorted = areas.flatMap((area) => findings.filter((one) => one.area === area));
  return { device, findings: sorted, code: sorted.some(needsAction) ? 1 : 0 };
}

/** Prints the diagnosis, and gives the exit code. */
export async function doctor(asked: Asked, json: boolean): Promise<0 | 1> {
  const diagnosis = await diagnose(asked);
  process.stdout.write(
    json ? `${JSON.stringify({ v: 1, ...diagnosis })}\n` : screen(diagnosis.device, diagnosis.findings),
  );
  return diagnosis.code;
}

function judgeConfig(config: string, laid: string, device: string): Finding[] {
  const mistakes = mistakesOf(config, device);
  const isSent = config !== laid;
  const who = isSent ? ' (sent by the centre, in force)' : '';
  if (mistakes.length === 0)
    return [fine('config', `${config}${who}: ${device} and its board and profile are in order`)];
  const mend = isSent
    ? 'mend it at the centre and send it again: `fieldpost twin set`'
    : 'mend it, then `fieldpost check`';
  return mistakes.map((line) => wrong('config', line, mend));
}

/** What no daemon but the agent begins from now, and all of them when what the centre sent is gone. */
function judgeLaid(laid: string, device: string): Finding[] {
  return mistakesOf(laid, device).map((line) =>
    warn('config', `${line} (not in force; the agent begins from it)`, 'mend it, then `fieldpost check`'),
  );
}

/** The files of the box as far as they can be used: the rest is looked at without them. */
function boxOf(config: string, device: string): Box | null {
  return mistakesOf(config, device).length > 0 ? null : loadBox(config, device);
}

function sectionOf(box: Box | null): SpoolSection {
  const given = (box?.profile as { readonly spool?: unknown } | undefined)?.spool;
  return spoolSection.safeParse(given ?? {}).data ?? spoolSection.parse({});
}

const brokersOf = (box: Box | null): readonly string[] =>
  z.looseObject({ brokers: z.array(z.string()) }).safeParse(box?.profile.uplink).data?.brokers ?? [];

/** The storage key where there is one already: the doctor makes none. */
async function keyOf(state: string, box: Box | null): Promise<{ key: Uint8Array | null; finding: Finding }> {
  const folder = path.join(state, 'identity');
  const hasTpm = box?.board.tpm !== undefined || existsSync('/dev/tpmrm0');
  if (!existsSync(path.join(folder, 'storage-key.json')))
    return {
      key: null,
      finding: hasTpm
        ? warn(
            'encryption',
            'there is a TPM, but nothing is encrypted yet: a stolen card is readable',
            'restart the daemons: the first one makes the key',
          )
        : note(
            'encryption',
            'no TPM: nothing is encrypted, a stolen card is readable; its position, readings and alerts are on it',
          ),
    };
  const { key, state: how, message } = await openStorageKey({ folder, tcti: box?.board.tpm?.tcti });
  if (how === 'sealed') return { key, finding: fine('encryption', message) };
  return {
    key,
    finding: wrong('encryption', message, 'put the card back into the box it belongs to, and look at its TPM'),
  };
}
