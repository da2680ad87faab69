import * as z from 'zod';
import { Fault } from '../core/ports/fault.ts';
import { hostPattern } from '../core/push/host.ts';

/** A file of one line: a secret is never in the configuration, which people show to each other. */
const secret = z.string().min(1).describe('file that holds it, readable for the dispatcher alone');
const ca = z
  .string()
  .min(1)
  .optional()
  .describe('file (PEM) of the authority of that server; absent: those that this machine trusts');
const place = z.url({ protocol: /^https?$/ }).describe('https://..., or http:// on this machine');

const gateway = z
  .strictObject({
    url: place,
    json: z
      .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
      .optional()
      .describe('what is posted; {to} and {text} in its texts stand for number and message'),
    form: z.record(z.string(), z.string()).optional().describe('fields of a form, in place of json'),
    header: z
      .strictObject({ name: z.string().regex(/^[A-Za-z0-9-]{1,64}$/), prefix: z.string().max(32).default(''), secret })
      .optional()
      .describe('the header that carries the key'),
    accepted: z.string().max(200).optional().describe('regular expression that an answer of yes holds'),
    ca,
  })
  .refine(({ json, form }) => (json === undefined) !== (form === undefined), {
    error: 'must have json or form, one of the two',
  });

const modem = z.strictObject({
  path: z.string().min(1).optional().describe('of the serial port, such as /dev/serial/by-id/...'),
  baudRate: z.int().min(1200).max(921_600).default(115_200),
  tcp: z
    .strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) })
    .optional()
    .describe('a serial line behind a TCP server, in place of path'),
  report: z.boolean().default(false).describe('whether phones are asked to confirm; operators may charge for it'),
});

/** What each way out needs beyond the contacts of units: a key a way, absent where it is not used. */
export const waysSection = z.strictObject({
  ntfy: z
    .strictObject({ url: place, token: secret.optional().describe('file of an access token, tk_...'), ca })
    .optional()
    .describe('the ntfy server of the organisation'),
  sms: z
    .strictObject({ gateway: gateway.optional(), modem: modem.optional() })
    .refine(({ gateway: one, modem: other }) => (one === undefined) !== (other === undefined), {
      error: 'must have gateway or modem, one of the two',
    })
    .optional(),
  email: z
    .strictObject({
      host: z.string().min(1).max(253),
      port: z.int().min(1).max(65_535).default(587),
      security: z.enum(['starttls', 'tls', 'plain']).default('starttls').describe('plain: on this machine alone'),
      from: z.string().min(3).max(254),
      user: z.string().min(1).optional(),
      password: secret.optional(),
      ca,
    })
    .optional(),
  webhook: z
    .strictObject({
      secret: secret.describe('file of the secret that messages are signed with, 32 characters or more'),
      ca,
    })
    .optional(),
  'web-push': z
    .strictObject({
      key: secret.describe(
        'file of the VAPID key (PEM), readable for the dispatcher alone: fieldpost pki push-key makes it',
      ),
      contact: z
        .string()
        .max(254)
        .regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/[^\s]+)$/)
        .describe('mailto:... or https://..., of whom a push service asks when something is wrong'),
      hosts: z
        .array(z.string().max(253).regex(hostPattern))
        .min(1)
        .max(32)
        .describe(
          'push services that may be told that a phone is woken, for example fcm.googleapis.com; nothing goes to any other',
        ),
      ca,
    })
    .optional()
    .describe('by the push services of browser makers; absent: off'),
});
export type WaysSection = z.infer<typeof waysSection>;

/** What no shape holds. Errors: Fault `config`. */
export function requireModem({ path, tcp }: z.infer<typeof modem>): void {
  if ((path === undefined) === (tcp === undefined))
    throw new Fault('config', 'ways.sms.modem must have path or tcp, one of the two');
}
