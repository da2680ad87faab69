/** `fieldpost provision`: from a bare box to one that measures, in one command that may be given again at any point. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { identityIn } from '../../core/adapters/identity.files.ts';
import { isServed } from '../../core/adapters/lines.unix.ts';
import { loadBox } from '../../core/config/box.ts';
import { factsOf } from '../../core/pki/facts.ts';
import { parseToken, type Token } from '../../core/pki/token.ts';
import type { ClaimFirst } from '../../core/ports/claiming.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import { firstReleaseMs } from '../../core/values/certificate.ts';
import { mistakesOf } from '../check.ts';
import { diagnose } from '../doctor/doctor.ts';
import { screen } from '../doctor/finding.ts';
import { firstRoot, trustFile } from '../fleet/trust.ts';
import { attachedTo } from './attached.ts';
import { type Ask, chooseBoard, chooseProfile, daemonsOf } from './choose.ts';
import { deviceText, layFile, laySent, nameInEnvironment, namesIn, openState } from './files.ts';
import { enrolBox, keepToken } from './identity.ts';
import type { Order } from './order.ts';
import type { Units } from './units.ts';

export interface Place {
  /** Folder with devices/, boards/ and profiles/. */
  readonly config: string;
  readonly state: string;
  /** Socket of the box's own feed. */
  readonly feed: string;
  /** The agent's folder; absent: the box has no agent. */
  readonly agent?: string;
}

export interface Means {
  claim(token: Token): ClaimFirst;
  readonly clock: Clock;
  say(line: string): void;
  /** Null: daemons are started by somebody else. */
  readonly units: Units | null;
}

/** `later`: all is made, the centre was not reached, the same command goes on. `wrong`: what was said says what to do. */
export type Outcome = 'green' | 'later' | 'wrong';

/** What a network that comes later may mend. */
const isAway = ({ kind }: Fault): boolean => kind === 'absent';

/** Never throws for what it finds: that is said, and `wrong` is given. */
export async function provision(order: Order, place: Place, means: Means): Promise<Outcome> {
  const { say } = means;
  try {
    return await walk(order, place, means);
  } catch (error) {
    if (!isFault(error)) throw error;
    if (isAway(error)) {
      for (const line of error.message.split('\n')) say(`WAIT  ${line}`);
      say('LATER nothing on this box says what it is, and the centre may: the same command asks it again');
      return 'later';
    }
    for (const line of error.message.split('\n')) say(`BAD   ${line}`);
    say('nothing was started; mend this and give the same command again: what is done stays done');
    return 'wrong';
  }
}

async function walk(order: Order, place: Place, means: Means): Promise<Outcome> {
  const { config, state } = place;
  const { say, clock, units } = means;
  const ok = (lines: readonly string[]): void => {
    for (const line of lines) say(`ok    ${line}`);
  };
  const kept = openState(state);
  const folder = path.join(state, 'identity');
  const token = order.token === null ? null : parseToken(order.token);
  const who = token ?? whoItIs(folder, config);
  let isLater = false;
  if (token && order.token !== null) {
    refuseExpired(token, clock.now().wallMs);
    ok([`token for ${token.device} of ${token.site}`]);
    await keepToken(folder, order.token);
    const enrolled = await enrolBox({ token, claim: means.claim(token), folder });
    isLater = enrolled.how === 'later';
    kept.own();
    if (enrolled.how === 'enrolled') {
      ok([enrolled.text, ...(await laySent(config, enrolled.files))]);
      if (enrolled.root !== null && place.agent) ok(await firstRoot(enrolled.root, place.agent));
    } else for (const line of enrolled.text.split('\n')) say(`WAIT  ${line}`);
  }

  const { lines, lacks } = await nameBox(order, who, place, means).catch((error: unknown) => {
    // Its files may come with its certificate.
    if (isLater && isFault(error)) throw new Fault('absent', error.message, error);
    throw error;
  });
  ok(lines);
  const mistakes = mistakesOf(config, who.device);
  if (mistakes.length > 0) throw new Fault('config', mistakes.join('\n'));
  const { profile } = loadBox(config, who.device);
  ok(['configuration without a mistake']);

  if (units) ok(await units.start([...daemonsOf(profile), ...(hasRoot(place) ? ['agent'] : [])]));
  if (isLater) {
    say('LATER the box measures and keeps meanwhile; it asks the centre again by itself, and so does this command');
    return 'later';
  }
  await keepToken(folder, null);
  return inOrder(who.device, place, { lacks, say });
}

/** An agent that believes nobody has nothing to do. */
const hasRoot = ({ agent }: Place): boolean => agent !== undefined && existsSync(trustFile(agent));

interface Who {
  readonly device: string;
  readonly site: string;
}

/** Of a box that was provisioned before. Errors: Fault `config`: it was not. */
function whoItIs(folder: string, config: string): Who {
  const file = identityIn(folder).files.certificate;
  if (!existsSync(file))
    throw new Fault(
      'config',
      'this box has no certificate, and there is no token: fieldpost token NAME makes one at the centre',
    );
  const { name } = factsOf(readFileSync(file, 'utf8'), file);
  return loadBox(config, name).device;
}

/** Board, profile and the file that says who the box is: the centre's, or proposed from what is attached. */
async function nameBox(
  order: Order,
  { device, site }: Who,
  { config, state }: Place,
  { clock, say }: Means,
): Promise<{ readonly lines: readonly string[]; readonly lacks: number }> {
  const known =
    namesIn(path.join(config, 'devices')).includes(device) && order.board === null && order.profile === null;
  const box = known ? loadBox(config, device).device : null;
  const isRead = await isServed(path.join(state, 'control.sock'));
  if (isRead) say('-     the gas daemon runs: parts are not asked beside it, its readings tell what is attached');
  const ask: Ask = async (one, file) => (isRead ? [] : attachedTo(one, file, clock));
  const chosen = await chooseBoard(config, box?.board ?? order.board, ask);
  const { board, attached } = chosen.found;
  for (const { id, part, presence, text } of attached)
    say(`${{ there: 'ok  ', missing: 'BAD ', other: 'BAD ', unasked: '-   ' }[presence]}  ${id} (${part}): ${text}`);
  const lines = [`board ${chosen.name}: ${box ? 'as the centre says' : chosen.why}`];
  const where = order.where ?? box?.where;
  const who = { device, site, board: chosen.name, ...(where ? { where } : {}) };
  const profile = chooseProfile(config, who, board, box?.profile ?? order.profile);
  lines.push(`profile ${profile.name}: ${box ? 'as the centre says' : profile.why}`);
  if (!box)
    lines.push(
      ...(await layFile(path.join(config, 'devices', `${device}.yaml`), deviceText({ ...who, profile: profile.name }))),
    );
  lines.push(...(await nameInEnvironment(path.join(config, 'box.env'), device)));
  return { lines, lacks: attached.filter(({ presence }) => presence === 'missing' || presence === 'other').length };
}

/** `lacks`: parts of the board that do not answer. Warnings are for later: without a view of the sky no clock has a bound. */
async function inOrder(
  device: string,
  { config, agent, state, feed }: Place,
  { lacks, say }: Pick<Means, 'say'> & { readonly lacks: number },
): Promise<Outcome> {
  const { findings, code } = await diagnose({ config, agent: agent ?? null, device, state, feed });
  for (const line of screen(device, findings).trimEnd().split('\n')) say(line);
  const wrong = lacks + findings.filter(({ level }) => level === 'error').length;
  if (wrong === 0) {
    say(`GREEN ${device} is provisioned${code === 0 ? '' : '; the warnings above are for later'}`);
    return 'green';
  }
  say(`NOT YET green: ${wrong} marked BAD above; fieldpost doctor looks again`);
  return 'wrong';
}

/** A clock that cannot be right refuses nothing: the centre knows the time. */
function refuseExpired({ until, device }: Token, nowMs: number): void {
  if (nowMs < firstReleaseMs || nowMs <= until * 1000) return;
  throw new Fault(
    'refused',
    `the token expired at ${new Date(until * 1000).toISOString().slice(0, 16)}Z, and here it is ${new Date(nowMs).toISOString().slice(0, 16)}Z; at the centre: fieldpost token ${device}`,
  );
}
