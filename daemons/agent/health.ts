/** How the box is, as the agent sees it; and the last words of a daemon that ended. */
import { withoutSecrets } from '../core/config/without-secrets.ts';
import type { AgentHealth, BoxFacts } from '../core/fleet/health.ts';
import type { DaemonState } from '../core/ports/supervisor.ts';
import type { Told } from '../core/spool/gone.ts';
import type { Stamp } from '../core/values/stamp.ts';
import type { Post } from './post.ts';

export type States = ReadonlyMap<string, DaemonState>;

export interface Sight {
  readonly at: Pick<Stamp, 'wallMs' | 'synced'>;
  readonly facts: BoxFacts;
  readonly daemons: States;
  /** Of the gas daemon; null: it says nothing. */
  readonly post: Post | null;
  /** Version of the program in force. */
  readonly program: string;
}

export function healthOf({ at, facts, daemons, post, program }: Sight): AgentHealth {
  return {
    ...{ v: 1, atMs: Math.round(at.wallMs), synced: at.synced },
    ...facts,
    load: Math.round(facts.load * 100) / 100,
    memoryFree: Math.round(facts.memoryFree * 1000) / 1000,
    storageFree: Math.round(facts.storageFree * 1000) / 1000,
    overdue: post?.overdue ?? [],
    flagged: post?.flagged ?? {},
    restarts: Object.fromEntries([...daemons].map(([name, { restarts }]) => [name, restarts])),
    versions: { fieldpost: program, node: process.versions.node },
  };
}

/** Daemons that ended since the look before. What was so at the first look is nobody's news. */
export function ended(before: States | null, now: States): readonly string[] {
  if (!before) return [];
  return [...now].flatMap(([name, { is, restarts }]) => {
    const was = before.get(name);
    return was && (restarts > was.restarts || (is === 'failed' && was.is !== 'failed')) ? [name] : [];
  });
}

const longestWords = 4000;

/** The event of a daemon that ended. `words`: the last lines that it said, where anybody kept them. */
export const endedEvent = (daemon: string, { restarts, said }: DaemonState, words: string): Told => ({
  type: 'daemon-ended',
  severity: 'error',
  message: `${daemon} ended and was started again by itself or waits for a technician (${restarts} starts so far)${said === '' ? '' : `: ${withoutSecrets(said)}`}`,
  detail: { daemon, restarts, words: withoutSecrets(words).slice(-longestWords) },
});

export interface HealthParts {
  readonly facts: () => BoxFacts;
  /** The last lines of a daemon; '' where nobody keeps them. */
  readonly words: (daemon: string) => Promise<string>;
  readonly tell: (told: Told) => void;
}

export interface HealthWatch {
  /** Null before the first look. */
  readonly seen: AgentHealth | null;
  look(sight: Omit<Sight, 'facts' | 'at'> & { readonly at: Stamp }): Promise<void>;
}

/** The kernel is asked this often; the uplink says it far less often. */
const everyMs = 60_000;

export function watchHealth({ facts, words, tell }: HealthParts): HealthWatch {
  let seen: AgentHealth | null = null;
  let nextMs = Number.NEGATIVE_INFINITY;
  let before: States | null = null;
  return {
    get seen() {
      return seen;
    },
    look: async ({ at, daemons, post, program }) => {
      for (const name of ended(before, daemons)) {
        const state = daemons.get(name);
        if (state) tell(endedEvent(name, state, await words(name)));
      }
      before = daemons;
      const nowMs = at.monoNs / 1e6;
      if (nowMs < nextMs) return;
      nextMs = nowMs + everyMs;
      seen = healthOf({ at, facts: facts(), daemons, post, program });
    },
  };
}
