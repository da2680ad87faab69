import type { Alert } from '../values/alert.ts';
import type { Way } from '../values/delivery.ts';

/** Languages that units are told in. */
export const languages = ['en', 'ru', 'kk'] as const;
export type Language = (typeof languages)[number];

/** Ways on which something is pushed; the patrol page asks by itself. */
export type PushedWay = Exclude<Way, 'page'>;

/**
 * One message to one unit one way, its words made already. No position ever goes through it: not in the words, and the link names an
 * alert, never a place.
 */
export interface Notice {
  /** The same of one alert, unit and step (or of one group), so that a way that can collapse what it is given twice does. */
  readonly id: string;
  /** `group`: several alerts in one message. `ended`: what the unit was told of has cleared or was closed; nothing to hurry for. */
  readonly about: 'alert' | 'group' | 'ended';
  readonly unit: string;
  /** What dispatch.yaml has of the unit for this way: a topic, a number, an address. The unit's name where a way keeps that by itself. */
  readonly to: string;
  readonly language: Language;
  /** The highest of its alerts. */
  readonly severity: Alert['severity'];
  /** A line without a line break. */
  readonly title: string;
  /** One to three lines. Begins with what is a drill or simulated, as `title` does. */
  readonly text: string;
  /** Of the patrol page: `https://<origin>/patrol/#ALERT`, without `#ALERT` for a group; null where no origin is known. */
  readonly link: string | null;
  readonly drill: boolean;
  readonly simulated: boolean;
  /** Ids of all that it tells of, at least one. */
  readonly alerts: readonly string[];
}

/**
 * `sent`: whoever carries it on took it. `unsure`: it may have gone out (a line that broke after the last byte); it is not sent again,
 * and after its wait the next step of the chain is taken.
 */
export type Sent = 'sent' | 'unsure';

/**
 * One way out. Several `send`s may be under way at once: rate and order are the way's own. It tries again only what surely did not go
 * out, and only while `signal` has not aborted; the dispatcher aborts after a time of its own and then takes the next step.
 */
export interface Notifier {
  readonly way: PushedWay;
  /** Errors: Fault `timeout`, `refused`, `protocol`, `absent`, `config`: it surely did not go out, and why. */
  send(notice: Notice, signal: AbortSignal): Promise<Sent>;
  close(): Promise<void>;
}
