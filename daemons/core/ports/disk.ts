/**
 * A folder that must be right after a power cut at any instant. Nothing is durable before it is flushed: the content of a file by
 * `sync(file)`, what a folder lists by `sync(folder)`. Errors of each: Fault with the path and the system's reason, `absent`
 * where space or a writable disk may come back, else `refused`.
 */
export interface Disk {
  /** Null where there is none. */
  read(file: string): Promise<string | null>;
  /** Makes the file, or gives it another content. */
  write(file: string, text: string): Promise<void>;
  sync(path: string): Promise<void>;
  /** Everything below, and the folder itself. */
  syncTree(folder: string): Promise<void>;
  /** With what is above it; there already is no fault. */
  makeFolder(folder: string): Promise<void>;
  /** In one step, over a file or a link that is there. */
  rename(from: string, to: string): Promise<void>;
  /** A symbolic link; there must be none. */
  link(target: string, at: string): Promise<void>;
  readLink(at: string): Promise<string | null>;
  /** Names, sorted; empty where there is no folder. */
  list(folder: string): Promise<readonly string[]>;
  /** With everything below; not there is no fault. */
  remove(path: string): Promise<void>;
}
