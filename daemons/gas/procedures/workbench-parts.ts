/** What the workbench is given and what it gives: see workbench.ts. */
import type { ExposedBy } from '../../core/calibration/history.ts';
import type { Cylinder, ProcedureRequest, Reply, SeenLine } from '../../core/procedure/link.ts';
import type { Adjustment } from '../../core/values/calibration.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import type { Reading } from '../../core/values/reading.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { Inhibition } from '../inhibit.ts';
import type { Said } from '../sensor-event.ts';
import type { ProceduresSection } from './section.ts';
import type { Session, Target } from './session.ts';

export interface WorkbenchParts {
  readonly device: string;
  readonly simulated: boolean;
  readonly section: ProceduresSection;
  readonly targets: readonly Target[];
  now(): Stamp;
  /** The gases of the box as they stand in its file. Errors: Fault `config` for a file with mistakes. */
  gases(): readonly Cylinder[];
  inForce(target: Target): Adjustment | null;
  /** Every record of the channel, oldest first. */
  records(target: Target): readonly unknown[];
  /** What its part was exposed to, oldest first. */
  exposed(target: Target): readonly ExposedBy[];
  /** The sampling line before the channel, as it is now; null where none is watched. */
  line(target: Target): SeenLine | null;
  /** Tells an event, and commits the inhibitions with it. */
  tell(event: Said, inhibitions: readonly Inhibition[]): void;
  /** Writes the record of a procedure and, for an adjustment, puts it in force; gives its id, and why it failed. Errors: Fault. */
  keep(session: Session, at: Stamp): Promise<{ readonly id: string; readonly failed: string | null }>;
}

export interface Client {
  receive(request: ProcedureRequest): void;
  gone(): void;
}

export interface Workbench {
  connect(send: (reply: Reply) => void): Client;
  /** What was read, and what it means, in one batch. */
  look(readings: readonly Reading[], measurements: readonly Measurement[]): void;
  /** To be called twice a second. */
  tick(): void;
  inhibitions(): readonly Inhibition[];
}

export interface Connected {
  readonly send: (reply: Reply) => void;
  watching: Target | null;
  driving: Session | null;
  heardMs: number;
}
