/** The supervisor: systemd's sd_notify(3), or nobody. */
export interface Notify {
  ready(): void;
  /** Feeds the watchdog; only `core/daemon/run.ts` calls it, and only after progress. */
  alive(): void;
  stopping(): void;
}
