/** What stands under which name in the vault, and how long it may. The page and its worker share it. */
import type { AlertRecord, DeviceRecord } from '../../core/ports/records.ts';
import type { CallCard } from '../patrol/card.ts';
import type { Keep, Moment, Said, Word } from './queue.ts';

export interface Vault {
  /** Whether what is kept outlives the page. */
  readonly isLasting: boolean;
  readonly words: Keep;
  read<T>(name: string): Promise<T | null>;
  write(name: string, value: unknown): Promise<void>;
  /** The names that are kept. */
  names(): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
  /** Deletes all of it and the key; nothing is kept from then on. */
  wipe(): Promise<void>;
  /** Somebody logged in: it keeps again, under a new key. */
  reopen(): Promise<void>;
}

export interface Who {
  readonly account: string;
  readonly unit: string | null;
  readonly csrf: string | null;
}
export interface Gone {
  readonly id: string;
  readonly kind: string;
  readonly atMs: number;
}
export interface Held {
  readonly alerts: readonly AlertRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly gone: readonly Gone[];
}
export interface Contact {
  /** When the centre last knew who we are, by this phone's wall clock. */
  readonly wallMs: number;
  readonly aheadMs: number;
}

export const names = { who: 'who', held: 'held', contact: 'contact', radio: 'radio', language: 'language' } as const;
export const cardName = (alert: string): string => `card ${alert}`;
export const isCard = (name: string): boolean => name.startsWith('card ');
export const cardIn = (vault: Vault, alert: string): Promise<CallCard | null> => vault.read(cardName(alert));

/** Without a word from the centre for so long, everything on the phone is deleted. */
export const keepMs = 12 * 3_600_000;

/** A clock that was set back would keep it for ever: what lies in the time to come counts as over as well. */
export const isStale = (contact: Contact | null, wallMs: number): boolean =>
  contact !== null && (wallMs - contact.wallMs > keepMs || contact.wallMs - wallMs > keepMs);

export const newWord = (account: string, said: Said, at: Moment): Word => ({
  ...{ key: crypto.randomUUID(), account, said, at, refused: null },
});

export const helpKind = 'patrol.help';

/** Alerts that came to this phone and whose arrival nobody of the unit told of yet. */
export function arrivedIn(alerts: readonly AlertRecord[], unit: string, words: readonly Word[]): readonly string[] {
  const said = new Set(
    words.flatMap((one) => ('alert' in one.said && one.said.deed.what === 'received' ? [one.said.alert] : [])),
  );
  return alerts
    .filter(({ alert }) => alert.kind !== helpKind && !said.has(alert.id))
    .filter(({ desk }) => !desk?.told?.find((one) => one.unit === unit)?.received)
    .map(({ alert }) => alert.id);
}
