/**
 * The agent of a box: what it is told to be, made ready beside what runs, switched in one step, kept on trial, and reverted by
 * itself. It never waits within a look: a download goes on beside it. See store.ts for what a power cut leaves.
 */
import { hash } from 'node:crypto';
import type { Disk } from '../core/ports/disk.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Supervisor } from '../core/ports/supervisor.ts';
import { compareVersions } from '../core/release/metadata.ts';
import { parseSigned, type Signed } from '../core/release/signed.ts';
import { type Trust, takeOperator } from '../core/release/trust.ts';
import type { Told } from '../core/spool/gone.ts';
import { type Desired, parseDesired } from '../core/twin/desired.ts';
import type { Reported } from '../core/twin/reported.ts';
import { aside, type Work } from './aside.ts';
import { type Busy, shutGates } from './gates.ts';
import { begun, failed, inForce, type Journal, passed, refused, started } from './journal.ts';
import { type ModelPlaces, modelLinks } from './models.ts';
import type { Needed } from './provide.ts';
import { endedEvent, reportOf, type Wished } from './report.ts';
import { standsFile, standsIn, standsText } from './stands.ts';
import { openStore } from './store.ts';
import { type Facts, freshWatch, type Watch, watched, wellOf } from './trial.ts';

export interface AgentParts {
  readonly site: string;
  readonly device: string;
  readonly disk: Disk;
  readonly folder: string;
  readonly supervisor: Supervisor;
  /** Configuration as it was laid on the box: texts by path. Errors: Fault. */
  readonly laid: () => Promise<Texts>;
  /** Every mistake of a configuration, by the parser of the program that will read it, with the models that it will have. */
  readonly check: (files: Texts, needed: Needed) => Promise<readonly string[]>;
  /** Brings what is needed into `releases/` and `models/`. `program`: the version in force. Errors: Fault with a reason. */
  readonly provide: (needed: Needed, program: string, signal: AbortSignal) => Promise<void>;
  /** What believes the roots that followed; null where the box knows no centre to ask. Errors: Fault. */
  readonly follow: () => Work | null;
  /** Where models lie, for an executable that is here. */
  readonly modelPlaces: (executable: string | null) => Promise<ModelPlaces>;
  /** Version of the program of the package. */
  readonly packaged: string;
  readonly mostStarts: number;
  /** Whether starts of the box are counted here; false where whoever starts the agent counts them before. */
  readonly countsStarts: boolean;
  readonly trust: TrustStore;
  readonly tell: (told: Told) => void;
}

export interface TrustStore {
  /** Errors: Fault `config` where no root was ever brought. */
  read(): Promise<Trust>;
  /** One step after the other, whoever asks. Errors: of the step; nothing is then changed. */
  change(step: (trust: Trust) => Trust): Promise<Trust>;
}

/** What is seen of the box in one look. */
export interface Look {
  readonly nowMs: number;
  readonly wallMs: number;
  readonly sure: boolean;
  readonly facts: Facts;
  readonly busy: Omit<Busy, 'wallMs'>;
  /** The newest text at twin/desired; null: none came. */
  readonly desired: string | null;
}

export interface Agent {
  look(look: Look): Promise<void>;
  reported(): Promise<Reported>;
}

/** Whole texts by path. */
type Texts = Readonly<Record<string, string>>;

interface Wish {
  readonly hash: string;
  readonly desired: Desired;
  readonly needed: Needed;
  /** The whole configuration that it asks for, once it was checked. */
  files: Texts | null;
}

export async function openAgent(parts: AgentParts): Promise<Agent> {
  const { disk, folder, supervisor, tell } = parts;
  const note = (message: string): void => tell({ type: 'update-note', severity: 'warning', message, detail: {} });
  const store = await openStore(disk, folder, note);
  const before = store.journal();
  /** What runs may not be what is in force. Nothing is judged before the daemons started again. */
  let isRestartDue = false;
  if (before.trial) {
    if (parts.countsStarts) await store.put(started(before, parts.mostStarts));
    if (!store.journal().trial) tell(endedEvent(store.journal()));
    await restartAll();
  }
  await supervisor.begin();
  let watch: Watch | null = null;
  let wished: Wished | null = null;
  let wish: Wish | null = null;
  const bringing = aside();
  const following = aside();
  /** The text for which the centre was asked for roots. */
  let followed = '';

  /** Tried again at the next look where it was refused. */
  async function restartAll(): Promise<void> {
    const wasDue = isRestartDue;
    isRestartDue = true;
    try {
      await supervisor.restart(await supervisor.daemons());
      isRestartDue = false;
    } catch (error) {
      if (!isFault(error)) throw error;
      if (!wasDue) note(error.message);
    }
  }

  const end = async (journal: Journal): Promise<void> => {
    const { outcome } = journal.last ?? {};
    await store.put(journal);
    watch = null;
    tell(endedEvent(journal));
    if (outcome === 'reverted') await restartAll();
    // What is being brought is linked to by nothing yet.
    if (!bringing.isBusy) await store.sweep();
  };

  const onTrial = async ({ facts, nowMs }: Look): Promise<void> => {
    const journal = store.journal();
    if (!journal.trial) return;
    watch ??= freshWatch(nowMs, facts);
    const [next, verdict] = watched(watch, journal.trial, facts, nowMs);
    watch = next;
    if (verdict === 'well') await end(passed(journal));
    else if (verdict !== 'on') await end(failed(journal, verdict.failed));
  };

  /** A text that was not judged yet; what comes of it is in the journal, so that it is judged once. */
  const hear = async (text: string, look: Look): Promise<void> => {
    const mark = hash('sha256', text, 'hex');
    const { last } = store.journal();
    if (wish?.hash === mark || last?.hash === mark) return;
    wish = null;
    wished = null;
    let version = 0;
    try {
      const signed = parseSigned(text);
      const desired = parseDesired(signed, parts);
      version = desired.version;
      const isSeen = last?.desired === version && last.outcome !== 'refused';
      if (!(await believe(signed, { version, mark }, look))) return;
      if (isSeen)
        return await refuse({ desired: version, hash: mark }, [
          `desired state ${version}: was another one before; give it the next number`,
        ]);
      const executable = desired.executable === parts.packaged ? null : desired.executable;
      wish = { hash: mark, desired, needed: { executable, models: desired.models ?? {} }, files: null };
    } catch (error) {
      if (!isFault(error)) throw error;
      if (error.kind === 'absent') wished = { desired: version, phase: 'waiting', reasons: [error.message] };
      else await refuse({ desired: version, hash: mark }, error.message.split('\n'));
    }
  };

  /** False while the centre is asked whether it replaced its keys since. Errors: Fault. */
  const believe = async (
    signed: Signed,
    { version, mark }: { readonly version: number; readonly mark: string },
    { wallMs, sure, nowMs }: Look,
  ): Promise<boolean> => {
    try {
      await parts.trust.change((trust) => takeOperator(trust, signed, version, { wallMs, sure }));
      return true;
    } catch (error) {
      if (!isFault(error) || error.kind !== 'refused' || followed === mark) throw error;
      const follow = parts.follow();
      if (follow === null) throw error;
      if (following.ask(mark, nowMs, follow)) followed = mark;
      const asks = `asks the centre whether a root followed${following.waits === null ? '' : `: ${following.waits}`}`;
      wished = { desired: version, phase: 'waiting', reasons: [error.message, asks] };
      return false;
    }
  };

  const refuse = async (
    of: { readonly desired: number; readonly hash: string },
    why: readonly string[],
  ): Promise<void> => {
    wish = null;
    wished = null;
    const journal = refused(store.journal(), of, why.slice(0, 32));
    await store.put(journal);
    tell(endedEvent(journal));
  };

  /** Whether all that is needed is there. Errors: Fault when it never will be. */
  const isBrought = ({ hash: mark, desired, needed }: Wish, program: string, nowMs: number): boolean => {
    const { executable, models } = needed;
    const what = [
      ...(executable === null ? [] : [`fieldpost ${executable}`]),
      ...Object.entries(models).map(([name, version]) => `model ${name} ${version}`),
    ];
    if (what.length === 0) return true;
    const work = (signal: AbortSignal): Promise<void> => parts.provide(needed, program, signal);
    const done = bringing.ask(mark, nowMs, work);
    const why = bringing.waits === null ? [] : [`${bringing.waits}; it goes on where it was`];
    wished = { desired: desired.version, phase: 'fetching', reasons: [`brings ${what.join(', ')}`, ...why] };
    return done;
  };

  /** The whole configuration, once all that it needs is there and it has no mistake; null: not yet, or it was refused. */
  const readied = async ({ desired, hash: mark, needed }: Wish, laid: Texts, nowMs: number): Promise<Texts | null> => {
    const marked = { desired: desired.version, hash: mark };
    try {
      const program = (await standsIn(store, inForce(store.journal())))?.executable ?? parts.packaged;
      const older = olderThan(program, desired);
      if (older.length > 0) await refuse(marked, older);
      else if (isBrought({ hash: mark, desired, needed, files: null }, program, nowMs)) {
        const files = { ...laid, ...desired.files };
        const mistakes = await parts.check(files, needed);
        if (mistakes.length === 0) return files;
        await refuse(marked, mistakes);
      }
    } catch (error) {
      // What may come back is waited for.
      if (!isFault(error) || error.kind === 'absent') throw error;
      await refuse(marked, [error.message]);
    }
    return null;
  };

  const fulfil = async (of: Wish, look: Look): Promise<void> => {
    const { desired, hash: mark, needed } = of;
    const laid = await parts.laid();
    of.files ??= await readied(of, laid, look.nowMs);
    if (of.files === null) return;
    const reasons = shutGates({ ...look.busy, wallMs: look.wallMs }, desired);
    wished = { desired: desired.version, phase: 'waiting', reasons };
    if (reasons.length > 0) return;
    const { executable } = needed;
    const models = modelLinks(needed, await parts.modelPlaces(executable));
    const name = `d${desired.version}-${mark.slice(0, 16)}`;
    await store.make({
      name,
      files: {
        ...Object.fromEntries(Object.entries(of.files).map(([file, text]) => [`config/${file}`, text])),
        [standsFile]: standsText(of.files, laid, needed),
      },
      links: {
        ...(executable === null ? {} : { release: `../../releases/${executable}` }),
        ...Object.fromEntries(Object.entries(models).map(([name, target]) => [`models/${name}`, target])),
      },
    });
    const { steadyS, withinS } = desired.trial;
    await store.put(
      begun(store.journal(), {
        ...{ generation: name, desired: desired.version, hash: mark },
        ...{ demands: wellOf(look.facts), steadyS, withinS },
      }),
    );
    wish = null;
    wished = null;
    watch = null;
    await restartAll();
  };

  const olderThan = (now: string, { executable, override }: Desired): readonly string[] => {
    const next = executable ?? parts.packaged;
    if (compareVersions(next, now) >= 0 || override?.downgrade) return [];
    return [
      `executable: ${next} is older than ${now}, which runs; an operator may ask for it with override.downgrade and a reason`,
    ];
  };

  return {
    look: async (look) => {
      try {
        if (isRestartDue) return await restartAll();
        if (store.journal().trial) return await onTrial(look);
        if (look.desired !== null) await hear(look.desired, look);
        if (wish) await fulfil(wish, look);
      } catch (error) {
        // A full disk for example: what runs goes on, and the next look tries again.
        if (!isFault(error)) throw error;
        if (wish) wished = { desired: wish.desired.version, phase: 'waiting', reasons: [`waits: ${error.message}`] };
      }
    },
    reported: () => reportOf(parts, store, wished),
  };
}
