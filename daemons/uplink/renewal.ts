/** Keeps the box's certificate alive: asks for the next one two thirds into its life, and whenever the broker calls it expired. */
import type { Running } from '../core/daemon/running.ts';
import { backoff } from '../core/flow/backoff.ts';
import { dueMs, isDue } from '../core/pki/due.ts';
import type { Refusal } from '../core/pki/refusal.ts';
import { isFault } from '../core/ports/fault.ts';
import type { IdentityStore } from '../core/ports/identity.ts';
import type { Renew } from '../core/ports/renewal.ts';
import type { BoxEvent } from '../core/values/envelope.ts';

export type Said = Omit<BoxEvent, 'at'>;

export interface Keeping {
  readonly store: IdentityStore;
  /** Null where the profile names no renewal service: a technician is then told in time. */
  readonly renew: Renew | null;
  /** Keeps an event; never errs. */
  readonly tell: (said: Said) => void;
  readonly pace?: { readonly firstMs: number; readonly mostMs: number };
}

export interface Keeper {
  /** Why the broker was not connected to, each time. */
  onRefusal(refusal: Refusal): void;
  onConnect(): void;
  /** Resolves when the daemon stops. */
  readonly ended: Promise<void>;
}

/** A certificate is looked at this often; a person's approval at the centre is asked after as often. */
const lookMs = 600_000;
const usualPace = { firstMs: 2000, mostMs: lookMs };

export function keepCertificate(keeping: Keeping, ctx: Running): Keeper {
  const { tell } = keeping;
  let refusedAs: Refusal['kind'] | null = null;
  let calledExpired = false;
  let renewedMs = Number.NEGATIVE_INFINITY;
  const monoMs = (): number => ctx.clock.now().monoNs / 1e6;
  let wake = (): void => {};
  ctx.signal.addEventListener('abort', () => wake(), { once: true });

  const watch = async (): Promise<void> => {
    const delays = backoff(keeping.pace ?? usualPace, Math.random);
    const once = tellOnce(tell);
    while (!ctx.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const tried = await attempt(keeping, calledExpired, once, ctx);
      calledExpired = tried === 'failed' && calledExpired;
      if (tried === 'renewed') renewedMs = monoMs();
      // While it fails nothing hurries it: the broker refuses more often than the service can be asked.
      if (tried === 'failed') await ctx.clock.sleep(delays.next().value, 'renewal', ctx.signal);
      else await Promise.race([woken, ctx.clock.sleep(lookMs, 'certificate', ctx.signal)]);
    }
  };

  return {
    ended: watch(),
    onRefusal: ({ kind, reason }) => {
      // An attempt that began before the renewal may still end in a refusal of the certificate before.
      if (kind === 'own-expired' && monoMs() - renewedMs > lookMs) {
        calledExpired = true;
        wake();
      }
      if (kind === refusedAs || kind === 'unreachable') return;
      refusedAs = kind;
      const message = `${reason}. Measuring goes on; everything waits in the spool`;
      tell({ type: 'connection-refused', severity: 'error', message, detail: { kind } });
    },
    onConnect: () => {
      if (refusedAs === null) return;
      tell({
        type: 'connection-accepted',
        severity: 'info',
        message: 'the broker and this box accept each other again',
        detail: { was: refusedAs },
      });
      refusedAs = null;
    },
  };
}

/** Renews when it is time to. `failed` where it was, and there is no new certificate yet. */
async function attempt(
  { store, renew }: Keeping,
  calledExpired: boolean,
  once: (said: Said) => void,
  ctx: Running,
): Promise<'idle' | 'renewed' | 'failed'> {
  try {
    const { facts } = store.read();
    const { wallMs } = ctx.clock.now();
    if (!isDue(facts, wallMs) && !calledExpired) return 'idle';
    const until = new Date(facts.untilMs).toISOString().slice(0, 10);
    if (!renew) {
      once({
        type: 'certificate-due',
        severity: 'warning',
        message:
          `${store.files.certificate} is to be renewed: it is valid until ${until}, and the profile names no uplink.renewal. ` +
          'By hand: fieldpost pki request, sign at the centre, install',
        detail: { untilMs: facts.untilMs, dueMs: dueMs(facts) },
      });
      return 'idle';
    }
    const answer = await renew();
    if (answer.outcome === 'issued') {
      await store.install(answer.certificate);
      const next = store.read().facts;
      ctx.log.info('certificate renewed', { until: new Date(next.untilMs).toISOString() });
      once({
        type: 'certificate-renewed',
        severity: 'info',
        message: `${store.files.certificate}: the next certificate is valid until ${new Date(next.untilMs).toISOString().slice(0, 10)}`,
        detail: { serial: next.serial, fromMs: next.fromMs, untilMs: next.untilMs },
      });
      return 'renewed';
    }
    ctx.log.warn('the certificate is not renewed yet', { outcome: answer.outcome, reason: answer.reason });
    once({
      type: answer.outcome === 'waits' ? 'renewal-waits' : 'renewal-refused',
      severity: answer.outcome === 'waits' ? 'warning' : 'error',
      message: `${answer.reason}. The present certificate is valid until ${until}; measuring goes on`,
      detail: { untilMs: facts.untilMs },
    });
    return 'failed';
  } catch (error) {
    if (!isFault(error)) throw error;
    // Files that are missing are the connection's matter, and it says so.
    if (error.kind === 'config') return 'idle';
    ctx.log.warn('the certificate could not be renewed; it is tried again', { reason: error.message });
    once({
      type: 'renewal-failed',
      severity: 'warning',
      message: `${error.message}. It is tried again; measuring goes on`,
      detail: { kind: error.kind },
    });
    return 'failed';
  }
}

/** The same type of event is kept again only after another one came. */
function tellOnce(tell: (said: Said) => void): (said: Said) => void {
  let last = '';
  return (said) => {
    // Each certificate is news, also where nothing else was told since the one before.
    const what = `${said.type} ${said.detail.serial ?? ''}`;
    if (what === last) return;
    last = what;
    tell(said);
  };
}
