/** Keeps small secrets in a store so that whoever reads the store has nothing. */
export interface Seals {
  /** `of` says whose it is: it opens for nobody else. Errors: Fault `config` where there is no key. */
  seal(plain: string, of: string): string;
  /**
   * What was kept before there were seals is given as it is. Errors: Fault `config` where the key is missing or another one,
   * `checksum` where the text was changed or is of somebody else.
   */
  open(kept: string, of: string): string;
  /** Whether it is sealed with the newest key. */
  isCurrent(kept: string): boolean;
}

/** The file of keys behind the seals. */
export interface SealKeys {
  /** Where, for a person. */
  readonly where: string;
  readonly seals: Seals;
  /** Errors: Fault `config` for a file that others can read or that holds no keys. */
  isThere(): boolean;
  /** Errors: Fault `refused`, also where it is there. */
  make(): Promise<void>;
}
