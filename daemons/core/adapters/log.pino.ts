import { pino } from 'pino';
import type { Log } from '../ports/log.ts';

/** JSON lines on stdout, as journald keeps them. Secrets are cut by name, should one ever get here. */
export function pinoLog(daemon: string): Log {
  const sink = pino({
    base: { daemon },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['password', 'token', 'key', '*.password', '*.token', '*.key'],
  });
  return {
    info: (message, fields) => sink.info(fields ?? {}, message),
    warn: (message, fields) => sink.warn(fields ?? {}, message),
    error: (message, fields) => sink.error(fields ?? {}, message),
  };
}
