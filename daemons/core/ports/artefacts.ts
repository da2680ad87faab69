/** A file that somebody signed for, by its length and hash. */
export interface Artefact {
  readonly kind: 'executable' | 'model';
  readonly name: string;
  readonly version: string;
  readonly arch: 'arm64' | 'x64' | 'any';
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly length: number;
}

/** What the centre publishes for its boxes. */
export interface Artefacts {
  /** A small signed file; null where there is none of that name. Errors: Fault `absent` when the centre cannot be reached. */
  text(name: string, signal: AbortSignal): Promise<string | null>;
  /**
   * Path of a file with exactly these bytes. A transfer that was cut goes on where it was. Errors: Fault `absent` when it may go
   * on later (no line, no space), `refused` when what came is not what was signed.
   */
  file(artefact: Artefact, signal: AbortSignal): Promise<string>;
  /** Forgets what was brought and is not needed any more. */
  tidy(): Promise<void>;
}

/** Lays what is in an artefact's file into a folder that is not there yet. Errors: Fault `absent` without space, `refused` for what is no such artefact. */
export type Unpack = (artefact: Artefact, file: string, folder: string) => Promise<void>;
