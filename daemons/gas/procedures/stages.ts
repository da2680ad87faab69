/** What a technician does in which order, as data. */

export type ProcedureKind = 'adjustment' | 'check' | 'bump';

/** What must be at the inlet. `ambient`: nothing but the air of the place. */
export type Connect = 'ambient' | 'zero' | 'span' | 'second' | 'level';

/**
 * `confirm`: a person looks and says so. `measure`: a gas is connected and its stable reading taken. `respond`: a gas is
 * connected and the answer to it watched. `keep`: the record is written. `purge`: the gas leaves the line.
 */
export interface Stage {
  readonly name: StageName;
  readonly does: 'confirm' | 'measure' | 'respond' | 'keep' | 'purge';
  readonly connect: Connect;
  /** Which of the further levels, from 0, where it is one. */
  readonly level?: number;
}

export type StageName =
  | 'flow'
  | 'leak'
  | 'ambient'
  | 'as-found-zero'
  | 'as-found-span'
  | 'adjust-zero'
  | 'adjust-span'
  | 'adjust-level'
  | 'as-left'
  | 'check-zero'
  | 'check-span'
  | 'exposure'
  | 'recovery'
  | 'keep'
  | 'purge';

const confirm = (name: StageName): Stage => ({ name, does: 'confirm', connect: 'ambient' });
const measure = (name: StageName, connect: Connect): Stage => ({ name, does: 'measure', connect });
const respond = (name: StageName, connect: Connect): Stage => ({ name, does: 'respond', connect });
const ambient: Stage = { name: 'ambient', does: 'measure', connect: 'ambient' };
const last: readonly Stage[] = [
  { name: 'keep', does: 'keep', connect: 'ambient' },
  { name: 'purge', does: 'purge', connect: 'ambient' },
];

export interface Levels {
  /** Further levels of the fit, beside zero and span. */
  readonly further: number;
  /** Whether there is gas at a level that the fit does not see. */
  readonly second: boolean;
  /** Whether a check sees zero gas too: a sortie asks for it. */
  readonly zero?: boolean;
  /** Without a zero gas only the gain is changed. */
  readonly gainOnly: boolean;
}

/**
 * The stages of a procedure. An adjustment with one level only (`second` is false) has no as-left at another level: its
 * record says so, and claims are limited to indication.
 */
export function stagesOf(kind: ProcedureKind, { further, second, gainOnly, zero = false }: Levels): readonly Stage[] {
  const line = [confirm('flow'), confirm('leak'), ambient];
  if (kind === 'bump') return [ambient, respond('exposure', 'span'), respond('recovery', 'ambient'), ...last];
  if (kind === 'check')
    return [...line, ...(zero ? [measure('check-zero', 'zero')] : []), measure('check-span', 'span'), ...last];
  return [
    ...line,
    ...(gainOnly ? [] : [measure('as-found-zero', 'zero')]),
    measure('as-found-span', 'span'),
    ...(gainOnly ? [] : [measure('adjust-zero', 'zero')]),
    measure('adjust-span', 'span'),
    ...Array.from({ length: further }, (_, level): Stage => ({ ...measure('adjust-level', 'level'), level })),
    ...(second ? [measure('as-left', 'second')] : []),
    ...last,
  ];
}
