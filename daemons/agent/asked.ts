/** Questions of an operator, answered once each by events: whoever asks is believed by the root of the site, like who says what a box is to be. */
import { withoutSecrets } from '../core/config/without-secrets.ts';
import { type LogsAsk, parseAsk, partsOf } from '../core/fleet/ask.ts';
import { isFault } from '../core/ports/fault.ts';
import { keysOf } from '../core/release/metadata.ts';
import { checkSigned, parseSigned } from '../core/release/signed.ts';
import { rootOf } from '../core/release/trust.ts';
import type { Told } from '../core/spool/gone.ts';
import type { TrustStore } from './agent.ts';

export interface AskedParts {
  readonly site: string;
  readonly device: string;
  readonly trust: Pick<TrustStore, 'read'>;
  /** The last lines of a daemon since so many seconds. */
  readonly words: (daemon: string, sinceS: number) => Promise<string>;
  readonly tell: (told: Told) => void;
}

/** Ids that were answered, so many of them: older ones are no good any more. */
const mostKnown = 256;

/** Answers questions. Whatever is wrong with one is told, and nothing else is done. */
export function answerAsks(parts: AskedParts): (texts: readonly string[] | undefined, nowMs: number) => Promise<void> {
  const known = new Set<string>();
  const answer = async (text: string, nowMs: number): Promise<void> => {
    try {
      const signed = parseSigned(text);
      checkSigned('question', signed, 'operator', keysOf(rootOf(await parts.trust.read()), 'operator'));
      const ask = parseAsk(signed, parts, nowMs);
      if (known.has(ask.id)) return;
      known.add(ask.id);
      for (const oldest of known) {
        if (known.size <= mostKnown) break;
        known.delete(oldest);
      }
      const lines = await parts.words(ask.daemon, ask.sinceS);
      for (const told of answers(ask, lines)) parts.tell(told);
    } catch (error) {
      if (!isFault(error)) throw error;
      parts.tell({ type: 'question-refused', severity: 'warning', message: error.message, detail: {} });
    }
  };
  return async (texts = [], nowMs) => {
    for (const text of texts) await answer(text, nowMs);
  };
}

function answers({ id, by, daemon, sinceS, mostKb }: LogsAsk, lines: string): readonly Told[] {
  // Events are kept for years, and logs are read by more people than a box.
  const found = partsOf(withoutSecrets(lines), mostKb);
  return found.map((text, i) => ({
    type: 'logs',
    severity: 'info',
    message: `${by} asked for the last ${sinceS} s of ${daemon}: part ${i + 1} of ${found.length}`,
    detail: { id, daemon, part: i + 1, parts: found.length, text },
  }));
}
