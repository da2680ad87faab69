import { type Packed, pack } from '../spool/link.ts';
import type { Stamp } from '../values/stamp.ts';
import { type Heads, type Signer, sealEvent } from './seal.ts';

/** Decides when a spool is sealed. */
export interface Sealing {
  /** The seal to go behind these items, whose heads are given; null when none is due. */
  next(items: readonly Packed[], heads: Heads): Packed | null;
  /** The seal of what was not sealed yet, before the spool is closed; null when everything was. */
  last(heads: Heads): Packed | null;
  /** The last seal given is on the disk. */
  kept(): void;
}

export interface SealingOptions {
  readonly signer: Signer;
  readonly device: string;
  readonly spool: string;
  /** Longest time between two seals while something is appended, in ms of the monotonic clock. */
  readonly everyMs: number;
}

/**
 * A seal with every alert, and with the first append after `everyMs`: it goes into a transaction that is made anyway, so
 * that it costs no flush of its own.
 */
export function sealing({ signer, device, spool, everyMs }: SealingOptions): Sealing {
  let latest: Stamp | null = null;
  let sealed: Stamp | null = null;
  let given: Stamp | null = null;
  let open = false;
  const sealAt = (at: Stamp, heads: Heads): Packed => {
    given = at;
    return pack({ stream: 'event', at, body: sealEvent(signer, { device, spool, at, heads }) });
  };
  const isDue = (at: Stamp): boolean =>
    sealed === null || sealed.boot !== at.boot || at.monoNs - sealed.monoNs >= everyMs * 1e6;
  return {
    next: (items, heads) => {
      const lastItem = items.at(-1);
      if (!lastItem) return null;
      const at = JSON.parse(lastItem.at) as Stamp;
      latest = at;
      open = true;
      return items.some(({ stream }) => stream === 'alert') || isDue(at) ? sealAt(at, heads) : null;
    },
    last: (heads) => (open && latest ? sealAt(latest, heads) : null),
    kept: () => {
      if (!given) return;
      sealed = given;
      given = null;
      open = false;
    },
  };
}
