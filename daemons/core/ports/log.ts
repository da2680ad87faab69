export type LogFields = Readonly<Record<string, unknown>>;

/** One JSON line per change of state, none per reading. Secrets and positions of alerts never go here. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
