/** Which ways out there are, and what opens each. A part of the composition root: it names adapters. */
import type { Running } from '../core/daemon/running.ts';
import type { Notifier, PushedWay } from '../core/ports/notifier.ts';
import type { WaysSection } from './ways-config.ts';

export interface WayParts {
  readonly ctx: Running;
  /** The central store: a file, or postgres://... */
  readonly records: string;
}
export type Ways = ReadonlyMap<PushedWay, Notifier>;

/** A notifier for each way that the section names. Errors: Fault `config` for a file or a line that cannot be opened. */
export async function openWays(_section: WaysSection, _parts: WayParts): Promise<Ways> {
  return new Map();
}
