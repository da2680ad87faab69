/** What the doctor says of one thing: what is, and what to do about it. */
export interface Finding {
  readonly area: Area;
  /** `note` is a fact that no action on site changes; `warning` and `error` ask for one, an error at once. */
  readonly level: 'ok' | 'note' | 'warning' | 'error';
  readonly text: string;
  /** What to do; null where there is nothing to do. */
  readonly todo: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

export const areas = ['config', 'disk', 'spool', 'alerts', 'clock', 'wear', 'identity', 'encryption'] as const;
export type Area = (typeof areas)[number];

type Facts = Readonly<Record<string, unknown>>;

export const fine = (area: Area, text: string, facts: Facts = {}): Finding => ({
  area,
  level: 'ok',
  text,
  todo: null,
  facts,
});
export const note = (area: Area, text: string, facts: Facts = {}): Finding => ({
  ...fine(area, text, facts),
  level: 'note',
});
export const warn = (area: Area, text: string, todo: string, facts: Facts = {}): Finding => ({
  area,
  level: 'warning',
  text,
  todo,
  facts,
});
export const wrong = (area: Area, text: string, todo: string, facts: Facts = {}): Finding => ({
  ...warn(area, text, todo, facts),
  level: 'error',
});

const marks = { ok: 'ok  ', note: 'note', warning: 'WARN', error: 'BAD ' } as const;

/** One screen: a line a finding, and under it what to do. */
export function screen(device: string, findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ area, level, text, todo }) => [
    `${marks[level]}  ${area.padEnd(10)}  ${text}`,
    ...(todo === null ? [] : [`${' '.repeat(18)}-> ${todo}`]),
  ]);
  const open = findings.filter(needsAction).length;
  const sum = open === 0 ? 'nothing to do' : `${open} thing${open === 1 ? '' : 's'} to do`;
  return [`fieldpost doctor: ${device}`, ...lines, sum, ''].join('\n');
}

export const needsAction = ({ level }: Finding): boolean => level === 'warning' || level === 'error';
