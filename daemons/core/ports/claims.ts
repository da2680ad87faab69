/** A token that was made here, as the centre remembers it. */
export interface Claim {
  readonly id: string;
  readonly device: string;
  /** `claimKeyOf` of its secret. */
  readonly key: string;
  /** Unix ms. */
  readonly atMs: number;
  readonly untilMs: number;
  /** Whether it may take the name from the box that has it. */
  readonly replaces: boolean;
  readonly used: { readonly atMs: number; readonly keyHash: string } | null;
  readonly withdrawn: boolean;
}

/** The register of tokens at the centre. */
export interface Claims {
  find(id: string): Claim | null;
  /** Written before it is given. Errors: Fault `refused` when the disk does not take it. */
  make(claim: Claim): Promise<void>;
  /**
   * False when another key took it first. From the call on it is taken, also for a second call that comes before the
   * disk has it. Errors: Fault `refused`.
   */
  take(id: string, keyHash: string, atMs: number): Promise<boolean>;
  /**
   * Ends every token of a name that nobody used, and gives their number. `all`: also those that were used, but that one: the key
   * that used one may ask again until its end, and the box that has it was denied.
   */
  withdraw(device: string, atMs: number, all?: { readonly but: string | null }): Promise<number>;
}
