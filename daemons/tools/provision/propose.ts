/** Which board and which profile a box has, from what is attached. Pure. */
import type { Attached } from './attached.ts';

export interface Candidate {
  readonly board: string;
  readonly attached: readonly Attached[];
}

export type Proposal =
  | { readonly say: 'this'; readonly name: string; readonly why: string }
  | { readonly say: 'ask'; readonly names: readonly string[]; readonly why: string };

const count = ({ attached }: Candidate, ...which: Attached['presence'][]): number =>
  attached.filter(({ presence }) => which.includes(presence)).length;

/**
 * The board all of whose parts answer, and of several the one that explains the most of them. A board that only fits because
 * nothing of it can be asked is never taken.
 */
export function proposeBoard(candidates: readonly Candidate[]): Proposal {
  const fits = candidates.filter((one) => count(one, 'missing', 'other') === 0 && count(one, 'there') > 0);
  const most = Math.max(0, ...fits.map((one) => count(one, 'there')));
  const best = fits.filter((one) => count(one, 'there') === most);
  const [only] = best;
  if (only && best.length === 1)
    return { say: 'this', name: only.board, why: `all ${most} of its parts that can be asked are there` };
  if (best.length > 1)
    return {
      say: 'ask',
      names: best.map(({ board }) => board),
      why: `${best.map(({ board }) => board).join(' and ')} fit equally well`,
    };
  const nearest = candidates
    .filter((one) => count(one, 'there') > 0)
    .toSorted((a, b) => count(b, 'there') - count(a, 'there'));
  return {
    say: 'ask',
    names: nearest.map(({ board }) => board),
    why:
      nearest.length === 0
        ? 'no part of any known board answers'
        : nearest.map((one) => `${one.board}: ${lacksOf(one)}`).join('; '),
  };
}

const lacksOf = (one: Candidate): string =>
  one.attached
    .filter(({ presence }) => presence === 'missing' || presence === 'other')
    .map(({ id, part, text }) => `${id} (${part}): ${text}`)
    .join(', ');

export interface ProfileCandidate {
  readonly profile: string;
  /** Daemons that it has a section for. */
  readonly daemons: readonly string[];
  /** What is wrong with this box under it. */
  readonly mistakes: readonly string[];
}

/** The one profile that the box can run and that uses all of what it has. `needs`: the daemons that its board has something for. */
export function proposeProfile(candidates: readonly ProfileCandidate[], needs: readonly string[]): Proposal {
  const fits = candidates.filter(
    ({ mistakes, daemons }) => mistakes.length === 0 && needs.every((one) => daemons.includes(one)),
  );
  const [only] = fits;
  if (only && fits.length === 1)
    return { say: 'this', name: only.profile, why: 'the only profile that runs on this board and uses all of it' };
  return {
    say: 'ask',
    names: fits.map(({ profile }) => profile),
    why:
      fits.length > 1
        ? `${fits.map(({ profile }) => profile).join(' and ')} run on this board: what it is for is a person's choice`
        : `no profile runs on this board and uses all that it has (${needs.join(', ')})${candidates.map(whyNot).join('')}`,
  };
}

const whyNot = ({ profile, daemons, mistakes }: ProfileCandidate): string =>
  `\n${profile}: ${mistakes.slice(0, 2).join('; ') || `is for ${daemons.join(', ') || 'nothing'}`}`;
