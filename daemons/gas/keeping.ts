/** What the line found, into the spool and back: everything that belongs together in one flush. */
import type { Running } from '../core/daemon/running.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Item, Kept, Spool } from '../core/ports/spool.ts';
import type { Alert } from '../core/values/alert.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import { type InForce, onFileEvent } from './in-force.ts';
import type { Finding } from './line.ts';

/** What is on file in which spool: kept as state too, because the events leave the box once they are delivered. */
export interface Filed {
  readonly spool: string;
  readonly files: InForce['files'];
}

export async function filedIn(spool: Spool): Promise<Filed> {
  const known = (await spool.recall('in-force')) as Filed | undefined;
  return known?.spool === spool.id ? known : { spool: spool.id, files: [] };
}

/**
 * Puts the line's state on file, and the records in force that this spool does not hold yet, behind the telemetry that was
 * read before them: in one flush. Gives what is on file then.
 */
export function putOnFile(
  spool: Spool,
  known: Filed,
  { files }: InForce,
  { state, before }: { readonly state: BoxEvent; readonly before: readonly Item[] },
): readonly [Filed, Promise<Kept>] {
  const { at } = state;
  const filed = known.files.map(({ sha256 }) => sha256);
  const missing = files.filter(({ sha256 }) => !filed.includes(sha256));
  const bodies = [...missing.map((one) => ({ ...onFileEvent(one), at })), state];
  const items = bodies.map((body) => ({ stream: 'event' as const, at, body }));
  const next = missing.length > 0 ? { spool: spool.id, files } : known;
  return [next, spool.append([...before, ...items], missing.length > 0 ? { 'in-force': next } : {})];
}

/** Keeps what was found, if anything was, with the state that goes on from it. */
export async function keep(
  spool: Spool,
  { alerts, events, telemetry }: Finding,
  stateOf: () => Readonly<Record<string, unknown>>,
): Promise<Kept | null> {
  if (alerts.length === 0 && telemetry.length === 0 && events.length === 0) return null;
  // One transaction: an alert is raised when it is on the disk together with the state that goes on from it.
  const raised = alerts.map((body) => ({ stream: 'alert' as const, at: body.at, body }));
  return spool.append([...telemetry, ...events, ...raised], stateOf());
}

/** An alert counts as raised when it is on the disk; until then the log says that it waits. */
export function logAlerts(alerts: readonly Alert[], kept: Kept | null, { log }: Running): void {
  for (const { id, rev, kind, condition } of alerts) {
    const what = { alert: id, rev, kind };
    if (kept?.where === 'disk') log.info(`alert ${condition}`, what);
    else {
      log.warn(`alert ${condition} in memory: the disk refuses it`, what);
      void kept?.committed.then((onDisk) => {
        if (onDisk) log.info(`alert ${condition}`, what);
        else log.error(`alert ${condition} was lost: the disk refused it to the end`, what);
      });
    }
  }
}

export const logged = (severity: BoxEvent['severity']) => (severity === 'warning' ? 'warn' : severity);

export function logLines({ events }: Finding, { log }: Running): void {
  for (const { body } of events) {
    const { type, severity, message, detail } = body as BoxEvent;
    if (type !== 'line-state') log[logged(severity)](message, detail);
  }
}

export const nullOfFault = (error: unknown): null => {
  if (!isFault(error)) throw error;
  return null;
};
