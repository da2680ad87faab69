/** What the kernel counted. */
export interface WearCount {
  /** Bytes that this process caused to be written since it started; null where the kernel does not count. */
  readonly processBytes: number | null;
  /** The block device under the state folder: everything written to it since it is there, and its size. */
  readonly device: { readonly name: string; readonly bytes: number; readonly sizeBytes: number | null } | null;
}

export interface WearCounters {
  read(): WearCount;
}
