/** What the centre keeps of its fleet: rollouts, labels, and who did what. Several programs of the centre have it open at once. */
export interface Rollouts<Rollout, Note, Line> {
  /** Keeps a new one with the signed texts of each box, both ways. Errors: Fault `refused` when the name is taken, or a box is on its way in another. */
  create(rollout: Rollout, texts: readonly RolloutTexts[], by: string, atMs: number): void;
  names(): readonly string[];
  /** Of those that are not over. */
  going(): readonly string[];
  /** Null: there is none of this name. */
  read(name: string): Rollout | null;
  /** Reads, steps and writes in one transaction; what is noted stands in the audit log with it. Errors: Fault of `step`; nothing was then changed. */
  change(
    name: string,
    by: string,
    atMs: number,
    step: (rollout: Rollout) => readonly [Rollout, readonly Note[]],
  ): Rollout;
  text(name: string, box: string, side: 'forward' | 'back'): string;
  /** The open rollout that a box is in, by box. */
  held(): ReadonlyMap<string, string>;
  note(note: Note, by: string, atMs: number): void;
  /** Every line, oldest first. */
  audit(): Iterable<Line>;
  /** What the centre knows of a box beside what the broker keeps; an unknown one has no labels and version 0. */
  box(name: string): KnownBox;
  boxes(): readonly KnownBox[];
  setBox(box: KnownBox): void;
  close(): void;
}

export interface RolloutTexts {
  readonly box: string;
  readonly forward: string;
  readonly back: string;
}

export interface KnownBox {
  readonly name: string;
  readonly labels: readonly string[];
  /** Highest version of a desired state that was ever signed for it here. */
  readonly version: number;
}
