/**
 * The agent of a box: what it is told to be, made ready beside what runs, switched in one step, kept on trial, and reverted by
 * itself. It never waits within a look: a download goes on beside it. See store.ts for what a power cut leaves.
 */
import { hash } from 'node:crypto';
import type { Disk } from '../core/ports/disk.ts';
import { type Fault, isFault } from '../core/ports/fault.ts';
import type { Supervisor } from '../core/ports/supervisor.ts';
import { compareVersions } from '../core/release/metadata.ts';
import { parseSigned } from '../core/release/signed.ts';
import { type Trust, takeOperator } from '../core/release/trust.ts';
import type { Told } from '../core/spool/gone.ts';
import { type Desired, parseDesired } from '../core/twin/desired.ts';
import type { Reported } from '../core/twin/reported.ts';
import { type Busy, shutGates } from './gates.ts';
import { begun, failed, inForce, type Journal, passed, refused, started } from './journal.ts';
import { endedEvent, reportOf } from './report.ts';
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
  readonly laid: () => Promise<Readonly<Record<string, string>>>;
  /** Every mistake of a configuration, by the parser of `fieldpost check`. */
  readonly check: (files: Readonly<Record<string, string>>) => Promise<readonly string[]>;
  /** Brings an executable into `releases/VERSION`. Errors: Fault with a reason. */
  readonly provide: (version: string, desired: Desired) => Promise<void>;
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
  write(trust: Trust): Promise<void>;
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

interface Wish {
  readonly hash: string;
  readonly desired: Desired;
  /** The whole configuration that it asks for, once it was checked. */
  files: Readonly<Record<string, string>> | null;
}

/** What is being brought, and how it went. */
interface Bringing {
  readonly hash: string;
  done: boolean;
  fault: Fault | null;
  /** When it may be tried again, after a server that was not there. */
  againMs: number;
}

/** A server that was not there is asked again after this long. */
const againMs = 30_000;

export async function openAgent(parts: AgentParts): Promise<Agent> {
  const { disk, folder, supervisor, tell } = parts;
  const note = (message: string): void => tell({ type: 'update-note', severity: 'warning', message, detail: {} });
  const store = await openStore(disk, folder, note);
  const before = store.journal();
  if (before.trial) {
    if (parts.countsStarts) await store.put(started(before, parts.mostStarts));
    if (!store.journal().trial) tell(endedEvent(store.journal()));
    await restartAll();
  }
  await supervisor.begin();
  let watch: Watch | null = null;
  let phase: Reported['phase'] = 'in-force';
  let reasons: readonly string[] = [];
  let wish: Wish | null = null;
  let bringing: Bringing | null = null;

  async function restartAll(): Promise<void> {
    await supervisor.restart(await supervisor.daemons());
  }

  const end = async (journal: Journal): Promise<void> => {
    const { outcome } = journal.last ?? {};
    await store.put(journal);
    watch = null;
    tell(endedEvent(journal));
    if (outcome === 'reverted') await restartAll();
    await store.sweep();
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
  const hear = async (text: string, { wallMs, sure }: Look): Promise<void> => {
    const mark = hash('sha256', text, 'hex');
    const { last } = store.journal();
    if (wish?.hash === mark || last?.hash === mark) return;
    wish = null;
    let version = 0;
    try {
      const signed = parseSigned(text);
      const desired = parseDesired(signed, parts);
      version = desired.version;
      const trust = takeOperator(await parts.trust.read(), signed, version, { wallMs, sure });
      const known = last?.desired === version && last.outcome !== 'refused';
      if (known)
        return await refuse({ desired: version, hash: mark }, [
          `desired state ${version}: was another one before; give it the next number`,
        ]);
      await parts.trust.write(trust);
      wish = { hash: mark, desired, files: null };
    } catch (error) {
      if (!isFault(error)) throw error;
      await refuse({ desired: version, hash: mark }, error.message.split('\n'));
    }
  };

  const refuse = async (
    of: { readonly desired: number; readonly hash: string },
    why: readonly string[],
  ): Promise<void> => {
    wish = null;
    const journal = refused(store.journal(), of, why.slice(0, 32));
    await store.put(journal);
    tell(endedEvent(journal));
  };

  /** Whether the executable is there; the reason why not is in `reasons`. Errors: Fault when it never will be. */
  const isBrought = (version: string, { hash: mark, desired }: Wish, nowMs: number): boolean => {
    if (bringing?.hash !== mark) bringing = bring(mark, version, desired);
    phase = 'fetching';
    reasons = [`brings fieldpost ${version}`];
    if (!bringing.done) return false;
    const { fault } = bringing;
    if (fault === null) return true;
    if (fault.kind !== 'absent' && fault.kind !== 'timeout') {
      bringing = null;
      throw fault;
    }
    reasons = [`${fault.message}; it goes on where it was`];
    bringing.againMs ||= nowMs + againMs;
    if (nowMs >= bringing.againMs) bringing = null;
    return false;
  };

  const fulfil = async (of: Wish, look: Look): Promise<void> => {
    const { desired, hash: mark } = of;
    const { executable } = desired;
    const marked = { desired: desired.version, hash: mark };
    if (of.files === null) {
      const files = { ...(await parts.laid()), ...desired.files };
      const mistakes = [...(await olderThan(desired)), ...(await parts.check(files))];
      if (mistakes.length > 0) return refuse(marked, mistakes);
      of.files = files;
    }
    try {
      if (executable !== null && !isBrought(executable, of, look.nowMs)) return;
    } catch (error) {
      if (!isFault(error)) throw error;
      return refuse(marked, [error.message]);
    }
    reasons = shutGates({ ...look.busy, wallMs: look.wallMs }, desired);
    phase = 'waiting';
    if (reasons.length > 0) return;
    const name = `d${desired.version}-${mark.slice(0, 16)}`;
    await store.make({
      name,
      files: {
        ...Object.fromEntries(Object.entries(of.files).map(([file, text]) => [`config/${file}`, text])),
        [standsFile]: standsText(of.files, await parts.laid(), desired),
      },
      links: executable === null ? {} : { release: `../../releases/${executable}` },
    });
    const { steadyS, withinS } = desired.trial;
    await store.put(
      begun(store.journal(), { generation: name, ...marked, demands: wellOf(look.facts), steadyS, withinS }),
    );
    wish = null;
    watch = null;
    await restartAll();
  };

  const olderThan = async ({ executable, override }: Desired): Promise<readonly string[]> => {
    const now = (await standsIn(store, inForce(store.journal())))?.executable ?? parts.packaged;
    const next = executable ?? parts.packaged;
    if (compareVersions(next, now) >= 0 || override?.downgrade) return [];
    return [
      `executable: ${next} is older than ${now}, which runs; an operator may ask for it with override.downgrade and a reason`,
    ];
  };

  const bring = (mark: string, version: string, desired: Desired): Bringing => {
    const state: Bringing = { hash: mark, done: false, fault: null, againMs: 0 };
    const over = (fault: Fault | null): void => {
      state.fault = fault;
      state.done = true;
    };
    void parts.provide(version, desired).then(
      () => over(null),
      (error: unknown) => {
        if (!isFault(error)) throw error;
        over(error);
      },
    );
    return state;
  };

  return {
    look: async (look) => {
      try {
        if (store.journal().trial) return await onTrial(look);
        if (look.desired !== null) await hear(look.desired, look);
        if (wish) await fulfil(wish, look);
      } catch (error) {
        // A full disk for example: what runs goes on, and the next look tries again.
        if (!isFault(error)) throw error;
        phase = 'waiting';
        reasons = [`waits: ${error.message}`];
      }
    },
    reported: () => reportOf(parts, store, wish && { desired: wish.desired.version, phase, reasons }),
  };
}
