/** Which ways out there are, and what opens each. A part of the composition root: it names adapters. */
import { readFileSync, statSync } from 'node:fs';
import { openEmail } from '../core/adapters/notifier.email.ts';
import { openNtfy } from '../core/adapters/notifier.ntfy.ts';
import { openSmsGateway } from '../core/adapters/notifier.sms-gateway.ts';
import { openSmsModem } from '../core/adapters/notifier.sms-modem.ts';
import { openWebhook } from '../core/adapters/notifier.webhook.ts';
import { openSerialLinux } from '../core/adapters/serial.linux.ts';
import { connectSerialTcp } from '../core/adapters/serial.tcp.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault } from '../core/ports/fault.ts';
import type { Notifier, PushedWay } from '../core/ports/notifier.ts';
import { requireModem, type WaysSection } from './ways-config.ts';

export interface WayParts {
  readonly ctx: Running;
  /** The central store: a file, or postgres://... */
  readonly records: string;
}
export type Ways = ReadonlyMap<PushedWay, Notifier>;

/** A notifier for each way that the section names. Errors: Fault `config` for a file or a line that cannot be opened. */
export async function openWays({ ntfy, sms, email, webhook }: WaysSection, { ctx }: WayParts): Promise<Ways> {
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
  return new Map(all.map((one) => [one.way, one]));
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

/** Its one line. Errors: Fault `config`, which never shows what is in the file; also where everybody on this machine could read it. */
function secretIn(key: string, file: string): string {
  const text = textIn(key, file).trim();
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o007) !== 0)
    throw new Fault(
      'config',
      `${key}: ${file} is of mode ${mode.toString(8)}; must be 640 or 600, for the dispatcher alone`,
    );
  if (text === '' || /[\r\n]/.test(text))
    throw new Fault('config', `${key}: ${file} holds ${text === '' ? 'nothing' : 'several lines'}; must be one line`);
  return text;
}

function textIn(key: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault('config', `${key}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}
