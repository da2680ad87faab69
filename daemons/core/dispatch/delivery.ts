/** Delivery rules as they are used: areas read, hours in minutes. */
import type { Ground } from '../desk/ground.ts';
import type { Language } from '../ports/notifier.ts';
import type { Alert } from '../values/alert.ts';
import type { Way } from '../values/delivery.ts';
import type { Hours } from './hours.ts';

export interface Unit {
  readonly name: string;
  readonly language: Language;
  readonly contacts: { readonly [W in Way]?: string | undefined };
  /** How it is told what it was given by hand. */
  readonly given: readonly Pick<Step, 'way' | 'waitMs'>[];
}

export interface Step {
  readonly unit: string;
  readonly way: Way;
  readonly waitMs: number;
  /** What of the unit leaves later steps to it out. */
  readonly until: 'received' | 'seen' | 'acknowledged';
}

export interface DeliveryRule {
  readonly name: string;
  readonly severities: readonly Alert['severity'][];
  /** Exact, or `vapour.*`; null: all. */
  readonly kinds: readonly string[] | null;
  readonly sites: readonly string[] | null;
  readonly area: { readonly name: string; readonly grounds: readonly Ground[] } | null;
  readonly hours: Hours | null;
  readonly drills: boolean;
  readonly chain: readonly Step[];
}

export interface Flood {
  /** Messages to one unit one way within the window, before alerts are gathered. */
  readonly most: number;
  readonly windowMs: number;
  readonly gatherMs: number;
}

export interface Delivery {
  readonly origin: string | null;
  readonly units: ReadonlyMap<string, Unit>;
  /** The first that matches counts. */
  readonly rules: readonly DeliveryRule[];
  readonly flood: Flood;
  readonly sendMs: number;
  /** Whether there is a layer of dwellings against which each alert is held before it leaves. */
  readonly layered: boolean;
}
