/** Which ways out there are, and what opens each. A part of the composition root: it names adapters. */
import { readFileSync, statSync } from 'node:fs';
import { openEmail } from '../core/adapters/notifier.email.ts';
import { openNtfy } from '../core/adapters/notifier.ntfy.ts';
import { openSmsGateway } from '../core/adapters/notifier.sms-gateway.ts';
import { openSmsModem } from '../core/adapters/notifier.sms-modem.ts';
import { openWebPush } from '../core/adapters/notifier.web-push.ts';
import { openWebhook } from '../core/adapters/notifier.webhook.ts';
import { openPushPhonesAt } from '../core/adapters/push-phones.ts';
import { openSerialLinux } from '../core/adapters/serial.linux.ts';
import { connectSerialTcp } from '../core/adapters/serial.tcp.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault, isFault } from '../core/ports/fault.ts';
import type { Notifier, PushedWay } from '../core/ports/notifier.ts';
import { vapidKeyIn } from '../core/push/vapid.ts';
import { requireModem, type WaysSection } from './ways-config.ts';

export interface WayParts {
  readonly ctx: Running;
  /** The central store: a file, or postgres://... */
  readonly records: string;
}
export type Ways = ReadonlyMap<PushedWay, Notifier>;

/** A notifier for each way that the section names. Errors: Fault `config` for a file or a line that cannot be opened. */
export async function openWays(section: WaysSection, { ctx, records }: WayParts): Promise<Ways> {
  const { ntfy, sms, email, webhook, 'web-push': push } = section;
  const { clock } = ctx;
  const all: Notifier[] = [];
  if (ntfy) {
    const token = ntfy.token && secretIn('ways.ntfy.token', ntfy.token);
    all.push(openNtfy({ url: ntfy.url, token, ca: pemIn('ways.ntfy.ca', ntfy.ca) }, clock));
  }
  if (sms?.gateway) all.push(gatewayOf(sms.gateway));
  if (sms?.modem) {
    requireModem(sms.modem);
    const { path, baudRate, tcp, report } = sms.modem;
    const serial = tcp
      ? connectSerialTcp(tcp)
      : openSerialLinux({ path: path ?? '', baudRate, parity: 'none', stopBits: 1 });
    all.push(openSmsModem(serial, { clock, report }));
  }
  if (email) {
    const { user, password, ca, ...rest } = email;
    if ((user === undefined) !== (password === undefined))
      throw new Fault('config', 'ways.email must have both user and password, or neither');
    const login = user && password ? { user, password: secretIn('ways.email.password', password) } : undefined;
    all.push(openEmail({ ...rest, login, ca: pemIn('ways.email.ca', ca) }));
  }
  if (webhook) {
    const secret = secretIn('ways.webhook.secret', webhook.secret);
    all.push(openWebhook({ secret, ca: pemIn('ways.webhook.ca', webhook.ca) }, clock));
  }
  const key = push && { pem: privateIn('ways.web-push.key', push.key), ca: pemIn('ways.web-push.ca', push.ca) };
  const woken = await openPush(push && key && { ...push, ...key }, records, ctx);
  return new Map([...all, ...(woken ? [woken] : [])].map((one) => [one.way, one]));
}

interface PushSetup {
  /** Of the VAPID key. */
  readonly pem: string;
  readonly contact: string;
  readonly hosts: readonly string[];
  readonly ca?: string | undefined;
}

/** What pages may subscribe with stands in the store from then on. Null: off, and no phone stays subscribed. Errors: Fault `config` for a key that is none, or a store that may not be written. */
export async function openPush(
  setup: PushSetup | undefined,
  records: string,
  { clock, log }: Running,
): Promise<Notifier | null> {
  if (!setup) return withdraw(records, log);
  const { pem, contact, hosts, ca } = setup;
  const key = vapidKeyIn(pem);
  if (!key)
    throw new Fault(
      'config',
      'ways.web-push.key holds no private key of P-256 (PEM); fieldpost pki push-key makes one',
    );
  const phones = await openPushPhonesAt(records);
  await phones.offer({ publicKey: key.publicKey, hosts });
  return openWebPush({ phones, key, contact, hosts, ca }, { clock, log });
}

async function withdraw(records: string, log: Running['log']): Promise<null> {
  try {
    const phones = await openPushPhonesAt(records);
    await phones.offer(null).finally(() => phones.close());
  } catch (error) {
    // A login at the store from before there was web push may not write there; then nothing was ever offered by it.
    if (!isFault(error)) throw error;
    log.warn('whether web push is still offered to pages is not known', { reason: error.message });
  }
  return null;
}

function gatewayOf({
  url,
  json,
  form,
  header,
  accepted,
  ca,
}: NonNullable<NonNullable<WaysSection['sms']>['gateway']>): Notifier {
  return openSmsGateway({
    url,
    body: form ? { form } : { json },
    header: header && {
      name: header.name,
      value: `${header.prefix}${secretIn('ways.sms.gateway.header.secret', header.secret)}`,
    },
    accepted: accepted === undefined ? undefined : expressionIn(accepted),
    ca: pemIn('ways.sms.gateway.ca', ca),
  });
}

function expressionIn(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw new Fault('config', `ways.sms.gateway.accepted: ${(error as Error).message}`, error);
  }
}

const pemIn = (key: string, file: string | undefined): string | undefined =>
  file === undefined ? undefined : textIn(key, file);

/** Its one line. Errors: Fault `config`, which never shows what is in the file. */
function secretIn(key: string, file: string): string {
  const text = privateIn(key, file);
  if (text === '' || /[\r\n]/.test(text))
    throw new Fault('config', `${key}: ${file} holds ${text === '' ? 'nothing' : 'several lines'}; must be one line`);
  return text;
}

/** Errors: Fault `config`; also where everybody on this machine could read it. */
function privateIn(key: string, file: string): string {
  const text = textIn(key, file).trim();
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o007) !== 0)
    throw new Fault(
      'config',
      `${key}: ${file} is of mode ${mode.toString(8)}; must be 640 or 600, for the dispatcher alone`,
    );
  return text;
}

function textIn(key: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault('config', `${key}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}
