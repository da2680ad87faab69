/**
 * The agent: asks the uplink what the box is to be and tells it what it is. Everything that can change the box is here, and
 * nothing of it needs the daemons that it changes.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { httpsArtefacts } from '../core/adapters/artefacts.https.ts';
import { connectControl } from '../core/adapters/control.unix.ts';
import { openDisk } from '../core/adapters/disk.node.ts';
import { boxFacts } from '../core/adapters/health.linux.ts';
import { identityIn } from '../core/adapters/identity.files.ts';
import { inForceIn } from '../core/adapters/in-force.files.ts';
import { journalLines, keptLines } from '../core/adapters/last-lines.ts';
import { askLine } from '../core/adapters/lines.unix.ts';
import { processSupervisor } from '../core/adapters/supervisor.process.ts';
import { systemdSupervisor } from '../core/adapters/supervisor.systemd.ts';
import { trustIn } from '../core/adapters/trust.files.ts';
import { unpackDeb } from '../core/adapters/unpack.deb.ts';
import { unpackModel } from '../core/adapters/unpack.tar.ts';
import { type Box, loadBox } from '../core/config/box.ts';
import { parseValue } from '../core/config/parse.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault, isFault } from '../core/ports/fault.ts';
import type { Supervisor } from '../core/ports/supervisor.ts';
import { architectures } from '../core/release/metadata.ts';
import type { Told } from '../core/spool/gone.ts';
import { longestTwinLine, type TwinReply, type TwinRequest, twinReply } from '../core/twin/link.ts';
import { storageSection } from '../core/wear/life.ts';
import { type AgentParts, openAgent } from './agent.ts';
import { answerAsks } from './asked.ts';
import { type AgentSection, agentSection } from './config.ts';
import { watchHealth } from './health.ts';
import { started } from './journal.ts';
import { modelLinks } from './models.ts';
import { type Post, readDock, readPost } from './post.ts';
import { followRoots, type ProvideParts, provide } from './provide.ts';
import { openStore } from './store.ts';

export interface AgentConfig {
  readonly box: Box;
  readonly device: string;
  /** Configuration folder as it was laid on the box. */
  readonly config: string;
  readonly state: string;
  /** The agent's own folder: generations, releases, trust. */
  readonly folder: string;
  /** The socket of the box's own feed. */
  readonly feed: string;
  /** Daemons that the agent runs itself; empty: systemd runs them. */
  readonly run: readonly string[];
  /** What the program of the package is started with, before the verb. */
  readonly program: readonly string[];
  /** Folder of device.key, device.crt and ca.crt. */
  readonly identity: string;
  /** Models of the box where no desired state brought others. */
  readonly models: string;
  /** Mistakes of a configuration by a program, with these models (links by name; none: the box's own); null: this program. */
  readonly check: (
    files: Readonly<Record<string, string>>,
    program: string | null,
    models: Readonly<Record<string, string>>,
  ) => Promise<readonly string[]>;
  readonly packaged: string;
}

const lookMs = 1000;
/** So long the gas daemon may take to answer; one that does not is not well. */
const gasPatienceMs = 3000;
/** Lines of a daemon that an answer may hold. */
const mostLines = 2000;
/** Of the last words of a daemon: lines, and seconds before its end. */
const [lastLines, lastS] = [20, 120];
/** Events that wait for an uplink that does not answer. */
const mostWaiting = 200;

export async function agentLine(config: AgentConfig, ctx: Running): Promise<void> {
  const { box, state, folder } = config;
  const lines = config.run.length > 0 ? keptLines(mostLines) : journalLines;
  const { supervisor, close } = supervisorOf(config, lines.keep);
  const { clock, log, signal } = ctx;
  const waiting: Told[] = [];
  const tell = (told: Told): void => {
    log[told.severity === 'warning' ? 'warn' : told.severity](told.message, { type: told.type });
    waiting.push(told);
    if (waiting.length > mostWaiting) waiting.shift();
  };
  const agent = await openAgent({
    site: box.device.site,
    device: box.device.device,
    disk: openDisk(),
    folder,
    supervisor,
    laid: async () => laidIn(config.config),
    ...bringing(config, ctx),
    packaged: config.packaged,
    mostStarts: sectionOf(box).mostStarts,
    countsStarts: config.run.length > 0,
    tell,
  });
  const began = inForceIn(folder, config.config).release;
  log.info('watching', { folder });
  ctx.progress();
  const gas = path.join(state, 'control.sock');
  const uplink = path.join(state, 'uplink.sock');
  const health = watchHealth({
    facts: () => boxFacts(state, box.board.storage ?? storageSection.parse({})),
    words: (daemon) => lines.of(daemon, lastLines, lastS),
    tell,
  });
  const answer = answerAsks({
    ...{ site: box.device.site, device: box.device.device, tell, trust: trustIn(path.join(folder, 'trust.json')) },
    words: (daemon, sinceS) => lines.of(daemon, mostLines, sinceS),
  });
  while (!signal.aborted) {
    const told = waiting.slice(0, 32);
    const reported = await agent.reported();
    const request: TwinRequest = { ask: 'twin', reported: JSON.stringify(reported), told, health: health.seen };
    const reply = await askUplink(uplink, request);
    if (reply) waiting.splice(0, told.length);
    await answer(reply?.asks, clock.now().wallMs);
    const daemons = await supervisor.states();
    const runs = (daemon: string): boolean => daemons.get(daemon)?.is === 'running';
    const post = runs('gas') ? await askGas(gas) : null;
    const dock = runs('dock') ? { dock: await askDock(path.join(state, 'dock.sock')) } : {};
    const now = clock.now();
    await health.look({ at: now, daemons, post, program: reported.executable });
    await agent.look({
      nowMs: now.monoNs / 1e6,
      wallMs: now.wallMs,
      sure: now.synced,
      facts: {
        daemons,
        connected: reply?.connected ?? null,
        readings: new Map(daemons.has('gas') ? [['gas', post?.good ?? null]] : []),
      },
      busy: { ...dock, ...(runs('gas') ? { gas: post } : {}) },
      desired: reply?.desired ?? null,
    });
    ctx.progress();
    // Another program is in force: systemd starts this one again from it, so that a trial tries the agent too.
    if (config.run.length === 0 && inForceIn(folder, config.config).release !== began) break;
    await clock.sleep(lookMs, 'look of the agent', signal);
  }
  await close();
}

/**
 * Counts a start of the box, for whoever starts the agent, with a program that no change replaces. Gives what came of it. With
 * `restarts` systemd starts the daemons again where it reverted: they may have begun before this.
 */
export async function bootAgent(folder: string, mostStarts: number, restarts: boolean): Promise<string> {
  const store = await openStore(openDisk(), folder, (note) => void process.stderr.write(`${note}\n`));
  const { trial } = store.journal();
  if (!trial) return 'nothing is on trial';
  await store.put(started(store.journal(), mostStarts));
  const now = store.journal();
  if (now.trial) return `desired state ${trial.desired} is on trial: start ${now.trial.starts} of ${mostStarts}`;
  if (restarts) {
    const units = systemdSupervisor();
    await units.restart(await units.daemons());
  }
  return `desired state ${trial.desired} was reverted: ${now.last?.reasons.join('; ')}`;
}

/** How artefacts come here, and how what they are for is checked. The section is read when it is used: a change may have replaced it. */
function bringing(
  { folder, config, device, identity, models, check }: AgentConfig,
  { clock }: Running,
): Pick<AgentParts, 'check' | 'provide' | 'follow' | 'modelPlaces' | 'trust'> {
  const trust = trustIn(path.join(folder, 'trust.json'));
  const arch = architectures.find((one) => one === process.arch);
  /** Null where the box knows no centre to bring something from. */
  const partsNow = (): ProvideParts | null => {
    const { repository } = sectionOf(loadBox(inForceIn(folder, config).config, device));
    if (repository === undefined || arch === undefined) return null;
    return {
      ...{ folder, arch, disk: openDisk(), trust },
      artefacts: httpsArtefacts({
        url: repository,
        identity: () => identityIn(identity).read(),
        folder: path.join(folder, 'downloads'),
      }),
      moment: () => ({ wallMs: clock.now().wallMs, sure: clock.now().synced }),
      unpack: { executable: unpackDeb, model: unpackModel },
    };
  };
  const modelPlaces = async (executable: string | null) => ({
    folder,
    laid: { folder: models, names: namesIn(models) },
    ofRelease: executable === null ? [] : namesIn(path.join(folder, 'releases', executable, 'models')),
  });
  return {
    ...{ trust, modelPlaces },
    check: async (files, needed) => {
      const { executable } = needed;
      const program = executable === null ? null : path.join(folder, 'releases', executable, 'fieldpost');
      return check(files, program, modelLinks(needed, await modelPlaces(executable)));
    },
    follow: () => {
      const parts = partsNow();
      return parts && ((signal) => followRoots(parts, signal));
    },
    provide: async (needed, program, signal) => {
      const parts = partsNow();
      if (parts) return provide(needed, program, parts, signal);
      const why = arch ? 'its profile has no agent.repository, as https://host:port/v1/fleet' : `it is ${process.arch}`;
      throw new Fault('refused', `this box brings nothing from afar: ${why}`);
    },
  };
}

const sectionOf = ({ files, profile }: Box): AgentSection =>
  parseValue(`${files.profile} agent`, profile.agent ?? {}, agentSection);

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);
function supervisorOf(
  config: AgentConfig,
  keep: (line: string) => void,
): { readonly supervisor: Supervisor; close(): Promise<void> } {
  const { run, program, folder, device, state, feed } = config;
  if (run.length === 0) return { supervisor: systemdSupervisor(), close: async () => {} };
  const supervisor = processSupervisor({
    daemons: run,
    command: (daemon) => {
      const { release, config: inForce, models } = inForceIn(folder, config.config);
      const words = [daemon, '--config', inForce, '--device', device, '--state', state, '--feed', feed];
      if (models !== null) words.push('--models', models);
      return release === null ? [process.execPath, ...program, ...words] : [release, ...words];
    },
    onLine: (line) => {
      process.stdout.write(`${line}\n`);
      keep(line);
    },
  });
  return { supervisor, close: supervisor.close };
}

export async function askUplink(socket: string, request: TwinRequest): Promise<TwinReply | null> {
  try {
    const line = await askLine(socket, JSON.stringify(request), longestTwinLine);
    return twinReply.safeParse(JSON.parse(line)).data ?? null;
  } catch (error) {
    if (isFault(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function askDock(socket: string): Promise<ReturnType<typeof readDock>> {
  try {
    return readDock(await askLine(socket, JSON.stringify({ ask: 'state' }), 100_000));
  } catch (error) {
    if (!isFault(error)) throw error;
    return null;
  }
}

/** The gas daemon's word of itself; a connection for each question, as the daemon may have been started again. */
export function askGas(socket: string): Promise<Post | null> {
  const got = Promise.withResolvers<Post | null>();
  const timer = setTimeout(() => got.resolve(null), gasPatienceMs);
  const opened = connectControl(socket, {
    onReply: (reply) => {
      if (reply.say === 'post') got.resolve(readPost(reply));
    },
    onClose: () => got.resolve(null),
  });
  opened.then(
    (link) => {
      link.ask({ ask: 'post' });
      void got.promise.then(link.close);
    },
    (error: unknown) => {
      if (!isFault(error)) throw error;
      got.resolve(null);
    },
  );
  return got.promise.finally(() => clearTimeout(timer));
}

/** Texts by path of a configuration folder. Errors: Fault `config`. */
function laidIn(folder: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  try {
    for (const kind of ['devices', 'boards', 'profiles'])
      for (const name of readdirSync(path.join(folder, kind)).toSorted())
        if (name.endsWith('.yaml')) files[`${kind}/${name}`] = readFileSync(path.join(folder, kind, name), 'utf8');
    return files;
  } catch (error) {
    throw new Fault('config', `${folder}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}
