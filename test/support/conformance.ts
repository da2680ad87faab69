/** What the tests hold of drivers: which have what. */
export interface Held {
  /** Files in daemons/gas/drivers, without their ending. */
  readonly files: readonly string[];
  /** Parts in the table of daemons/gas/drivers.ts. */
  readonly registered: ReadonlySet<string>;
  readonly published: ReadonlySet<string>;
  readonly fuzzed: ReadonlySet<string>;
  /** Cases of each part that lie in test/captures, and those that its simulated part can be put into. */
  readonly captured: (part: string) => readonly string[];
  readonly simulated: (part: string) => readonly string[];
}

/** The cases that every capture folder holds; the simulated part that made them is read through a real port in each. */
const cases = ['normal', 'corrupt', 'absent', 'warming-up'] as const;

/** Everything that a driver lacks, in words that say where it belongs. */
export function lacking(held: Held): string[] {
  return held.files.flatMap((part) => {
    const lacks: [boolean, string][] = [
      [held.registered.has(part), 'is not in the table of daemons/gas/drivers.ts'],
      [held.published.has(part), 'has no published vector in test/gas/drivers/published.ts'],
      [held.fuzzed.has(part), 'has no frame in test/bench/fuzz.ts'],
      ...cases.flatMap((name): [boolean, string][] => [
        [held.captured(part).includes(name), `has no capture test/captures/${part}/${name}`],
        [
          held.simulated(part).includes(name),
          `has no case "${name}" in test/captures/i2c-parts.ts or serial-parts.ts, so it is not read through a real port`,
        ],
      ]),
    ];
    return lacks.filter(([has]) => !has).map(([, what]) => `${part} ${what}`);
  });
}
