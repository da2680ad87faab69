/** Web push: a browser is woken through the push service of whoever made it (RFC 8030). It learns when a phone is woken, and not by what. */
import type { Clock } from '../ports/clock.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { Log } from '../ports/log.ts';
import type { Notice, Notifier, Sent } from '../ports/notifier.ts';
import type { PushPhones } from '../ports/push-phones.ts';
import { whyNoEndpoint } from '../push/host.ts';
import { messageBytes, messageText, pushMessage, topicOf, ttlS, urgencyOf } from '../push/message.ts';
import { sealed } from '../push/seal.ts';
import { type VapidKey, vapidHeader } from '../push/vapid.ts';
import type { PushPhone } from '../values/push-phone.ts';
import { type Posted, postOver, requireTaken } from './notifier.post.ts';

export interface WebPushOptions {
  readonly phones: Pick<PushPhones, 'of' | 'drop' | 'close'>;
  readonly key: VapidKey;
  /** `mailto:` or `https:`, of whom a push service asks when something is wrong. */
  readonly contact: string;
  /** Nothing is sent to any other. */
  readonly hosts: readonly string[];
  readonly ca?: string | undefined;
}

/** Phones of one unit at once. */
const atOnce = 8;
/** Beyond the first. */
const againTimes = 2;
const againMs = 1000;
/** A service that asks for more is no way out just now: the chain goes on in place of waiting. */
const mostWaitMs = 20_000;

type Outcome = Sent | Fault;

/** `sent` where one phone's service took it, which is not that the phone has it. Several are told beside each other. */
export function openWebPush(
  { phones, ...how }: WebPushOptions,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Notifier {
  const tell = async (phone: PushPhone, notice: Notice, signal: AbortSignal): Promise<Outcome> => {
    try {
      const isOn = async (): Promise<boolean> =>
        (await phones.of(phone.unit, clock.now().wallMs)).some(({ endpoint }) => endpoint === phone.endpoint);
      const answer = await pushTo(phone, notice, { ...how, clock, signal, isOn });
      if (answer !== 'gone') return answer;
      await phones.drop(phone);
      throw new Fault('refused', `${peerOf(phone)} knows that phone no more; it is forgotten. Nothing was sent`);
    } catch (error) {
      if (!isFault(error)) throw error;
      log.warn('a phone could not be woken', { unit: notice.unit, kind: error.kind, why: error.message });
      return error;
    }
  };
  return {
    way: 'web-push',
    send: async (notice, signal) => {
      const all = await phones.of(notice.to, clock.now().wallMs);
      if (all.length === 0)
        throw new Fault('absent', `no phone of ${notice.to} is switched to be woken. Nothing was sent`);
      const outcomes: Outcome[] = [];
      for (let at = 0; at < all.length; at += atOnce)
        outcomes.push(...(await Promise.all(all.slice(at, at + atOnce).map((one) => tell(one, notice, signal)))));
      if (outcomes.includes('sent')) return 'sent';
      if (outcomes.includes('unsure')) return 'unsure';
      const [first] = outcomes.filter(isFault);
      throw new Fault(
        first?.kind ?? 'refused',
        all.length === 1 ? (first?.message ?? '') : `none of ${all.length} phones: ${first?.message}`,
        first,
      );
    },
    close: () => phones.close(),
  };
}

interface Pushing extends Omit<WebPushOptions, 'phones'> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Asked anew after each wait: a phone may have been taken away meanwhile. */
  readonly isOn: () => Promise<boolean>;
}

const peerOf = ({ endpoint }: PushPhone): string => `the push service ${new URL(endpoint).host}`;

/** One phone, tried again where its service asks for that or was not reached. `gone`: the subscription is no more (RFC 8030, 7.3). Errors: Fault. */
async function pushTo(
  phone: PushPhone,
  notice: Notice,
  { clock, signal, isOn, ...how }: Pushing,
): Promise<Sent | 'gone'> {
  const against = whyNoEndpoint(phone.endpoint, how.hosts);
  if (against) throw new Fault('config', `${against}. Nothing was sent`);
  const peer = peerOf(phone);
  for (let n = 0; ; n++) {
    if (n > 0 && !(await isOn()))
      throw new Fault('refused', `${peer}: the phone was switched off meanwhile. It was not taken`);
    const last = n === againTimes || signal.aborted;
    const answer = await once(phone, notice, { ...how, clock, signal, isOn }).catch((error: unknown) => {
      if (!isFault(error) || error.kind !== 'absent' || last) throw error;
      return error;
    });
    if (answer === null) return 'unsure';
    if (isFault(answer)) {
      await clock.sleep(againMs, 'push service', signal);
      continue;
    }
    const { status } = answer;
    if (status >= 200 && status < 300) return 'sent';
    if (status === 404 || status === 410) return 'gone';
    const waitMs = waitOf(peer, answer, clock.now().wallMs, n);
    if (waitMs === null || last) return requireTaken(peer, unsaid(answer, phone)) ?? 'unsure';
    await clock.sleep(waitMs, 'push service', signal);
  }
}

function once(phone: PushPhone, notice: Notice, { key, contact, ca, clock, signal }: Pushing): Promise<Posted> {
  const url = new URL(phone.endpoint);
  const body = sealed(messageText(pushMessage(notice, phone.auth)), phone, messageBytes);
  const headers = {
    'content-type': 'application/octet-stream',
    'content-encoding': 'aes128gcm',
    ttl: String(ttlS),
    urgency: urgencyOf(notice),
    topic: topicOf(notice, phone.auth),
    authorization: vapidHeader(key, { origin: url.origin, contact, nowMs: clock.now().wallMs }),
  };
  return postOver({ peer: peerOf(phone), url, headers, body, ca, signal });
}

/** Ms until it may be tried again; null: what it said stands. Errors: Fault where it asks for more than is waited here. */
function waitOf(peer: string, { status, retryAfter }: NonNullable<Posted>, nowMs: number, n: number): number | null {
  const asked = retryAfter === undefined ? null : retryAfterMs(retryAfter, nowMs);
  // The topic lets the second take the place of the first: what a gateway lost may be said again where it asks for that.
  const isBusy = [429, 500, 503].includes(status) || ([502, 504].includes(status) && asked !== null);
  if (!isBusy) return null;
  const waitMs = asked ?? againMs * 2 ** n;
  if (waitMs <= mostWaitMs) return waitMs;
  const s = Math.ceil(waitMs / 1000);
  throw new Fault(
    'refused',
    `${peer} answers ${status} and asks to wait ${s} s; it is not waited for. It was not taken`,
  );
}

/** RFC 9110, 10.2.3: seconds, or a date; null: neither. */
export function retryAfterMs(text: string, nowMs: number): number | null {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000;
  const dateMs = /GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(dateMs) ? Math.max(0, dateMs - nowMs) : null;
}

/** What a service says of itself, without the address that it may repeat: whoever has that can push. */
const unsaid = ({ status, text }: NonNullable<Posted>, { endpoint }: PushPhone): NonNullable<Posted> => {
  const { pathname, search } = new URL(endpoint);
  return { status, text: text.replaceAll(endpoint, '...').replaceAll(`${pathname}${search}`, '...') };
};
