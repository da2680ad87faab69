/** What a phone is woken with, and what its push service is told: how urgent, how long, and what it takes the place of. Pure. */
import { createHash, createHmac } from 'node:crypto';
import type { Notice } from '../ports/notifier.ts';

/**
 * All that goes to a phone, sealed: no place, no substance, no kind, no site, no name. `alert` is a number by which the page finds it behind its
 * login (`numberOf`: an id names box and kind); null: several.
 */
export interface PushMessage {
  readonly v: 1;
  readonly about: Notice['about'];
  readonly severity: Notice['severity'];
  readonly language: Notice['language'];
  readonly alert: string | null;
  /** A newer one with the same takes the place of an older one on the screen. */
  readonly tag: string;
  readonly drill: boolean;
  readonly simulated: boolean;
}

/** Every message is as long, whatever is in it: its length would tell a call from its end. */
export const messageBytes = 1024;

/** As short messages: what comes later misleads. */
export const ttlS = 4 * 3600;

/**
 * The same of the same alerts, on one phone: unlike for two phones, and made with a secret of the browser, so that a push service learns
 * neither which alert it is nor which phones are told of the same. 32 characters are what RFC 8030 (5.4) allows.
 */
export const topicOf = ({ alerts }: Pick<Notice, 'alerts'>, auth: string): string =>
  createHmac('sha256', auth)
    .update(JSON.stringify([...alerts].sort()))
    .digest('base64url')
    .slice(0, 32);

const urgencies = { critical: 'high', warning: 'normal', info: 'low' } as const;

/** RFC 8030, 5.3. The end of something must reach whom the beginning reached: it does not wait for a charger. */
export const urgencyOf = ({ about, severity }: Pick<Notice, 'about' | 'severity'>): 'high' | 'normal' | 'low' =>
  about === 'ended' ? 'normal' : urgencies[severity];

export function pushMessage(notice: Notice, auth: string): PushMessage {
  const { about, severity, language, alerts, drill, simulated } = notice;
  const [only = null] = alerts.length === 1 ? alerts : [];
  return {
    v: 1,
    about,
    severity,
    language,
    alert: only === null ? null : numberOf(only),
    tag: topicOf(notice, auth),
    drill,
    simulated,
  };
}

/** 132 bits of SHA-256: of alerts that a phone has it tells one from the others. */
export const numberOf = (alert: string): string => createHash('sha256').update(alert).digest('base64url').slice(0, 22);

/** UTF-8 of the message, within `messageBytes`. */
export const messageText = (message: PushMessage): Buffer => Buffer.from(JSON.stringify(message));
