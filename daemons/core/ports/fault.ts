/** Closed on purpose: whoever handles a fault can handle every kind. */
export type FaultKind = 'nack' | 'timeout' | 'checksum' | 'protocol' | 'absent' | 'refused' | 'config';

/** The executable holds several programs, each with a class of its own: a fault of one is a fault to all. */
const mark = Symbol.for('fieldpost.fault');

/**
 * The world failed: a device does not answer, a frame is broken, a file is wrong. Expected, and turned into data where
 * it happens. Anything else that is thrown is a bug and ends the process; systemd starts it again, the spool is intact.
 * The message is for the reader: what, where, and what would be right.
 */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly [mark] = true;

  constructor(kind: FaultKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Fault';
    this.kind = kind;
  }
}

export const isFault = (error: unknown): error is Fault => error instanceof Error && mark in error;
