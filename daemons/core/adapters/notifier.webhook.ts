/** Signed messages to programs of others: a link, and no place. Trying again is the chain's business. */
import { createHmac } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import { Fault } from '../ports/fault.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { postOver, requireTaken } from './notifier.post.ts';

export interface WebhookOptions {
  /** Known to both sides, 32 bytes or more of chance. */
  readonly secret: string;
  readonly ca?: string | undefined;
}

const leastSecret = 32;

/** Errors: Fault `config` for a secret that is too short. */
export function openWebhook({ secret, ca }: WebhookOptions, clock: Clock): Notifier {
  if (secret.length < leastSecret)
    throw new Fault(
      'config',
      `ways.webhook.secret has ${secret.length} characters; must have ${leastSecret}: openssl rand -hex 32`,
    );
  return {
    way: 'webhook',
    send: async (notice, signal) => {
      const url = new URL(notice.to);
      const peer = `the webhook ${url.origin}`;
      const body = JSON.stringify(webhookBody(notice));
      const atS = Math.floor(clock.now().wallMs / 1000);
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'fieldpost',
        'fieldpost-id': notice.id,
        'fieldpost-timestamp': String(atS),
        'fieldpost-signature': signatureOf(secret, atS, body),
      };
      const posted = await postOver({ peer, url, headers, body, ca, signal });
      if (posted === null) return 'unsure';
      return posted.status >= 200 && posted.status < 300 ? 'sent' : (requireTaken(peer, posted) ?? 'unsure');
    },
    close: async () => {},
  };
}

/** Of time and body together, so that neither can be said again with another of the other; the receiver refuses old times. */
export const signatureOf = (secret: string, atS: number, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${atS}.${body}`).digest('hex')}`;

export const webhookBody = ({ to: _, ...said }: Notice): object => ({ v: 1, ...said });
