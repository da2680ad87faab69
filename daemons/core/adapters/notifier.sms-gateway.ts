/** Short messages by a gateway that takes them over HTTP: which words it wants is said in the configuration. */
import { Fault } from '../ports/fault.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { smsText } from '../sms/text.ts';
import { notAllowed, postOver, requireTaken } from './notifier.post.ts';

export interface SmsGatewayOptions {
  readonly url: string;
  /** JSON in whose texts {to} and {text} stand for what they name; or fields of a form. */
  readonly body: { readonly json: unknown } | { readonly form: Readonly<Record<string, string>> };
  /** Of the key that the gateway asks for, such as access-token. */
  readonly header?: { readonly name: string; readonly value: string } | undefined;
  /** What an answer holds that is a yes; absent: any of 200 to 299. Some gateways say 200 to everything. */
  readonly accepted?: RegExp | undefined;
  readonly ca?: string | undefined;
}

/** Errors: Fault `config` for an address that nothing may be sent to. */
export function openSmsGateway({ url, body, header, accepted, ca }: SmsGatewayOptions): Notifier {
  const at = new URL(url);
  const against = notAllowed(at);
  if (against) throw new Fault('config', `ways.sms.gateway.url ${url} ${against}`);
  const peer = `the SMS gateway ${at.origin}`;
  const isJson = 'json' in body;
  const headers = {
    'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
    ...(header && { [header.name]: header.value }),
  };
  return {
    way: 'sms',
    send: async (notice, signal) => {
      const posted = await postOver({ peer, url: at, headers, body: smsBody(body, notice), ca, signal });
      if (posted === null) return 'unsure';
      if (posted.status < 200 || posted.status > 299) return requireTaken(peer, posted) ?? 'unsure';
      if (accepted && !accepted.test(posted.text))
        throw new Fault(
          'refused',
          `${peer} answers ${posted.status}: ${posted.text.replace(/\s+/g, ' ').slice(0, 120)}. It was not taken`,
        );
      return 'sent';
    },
    close: async () => {},
  };
}

export function smsBody(body: SmsGatewayOptions['body'], notice: Notice): string {
  const words: Readonly<Record<string, string>> = { to: notice.to, text: smsText(notice) };
  const filled = (text: string): string => text.replace(/\{(to|text)\}/g, (_, name: string) => words[name] ?? '');
  if ('json' in body)
    return JSON.stringify(body.json, (_, value) => (typeof value === 'string' ? filled(value) : value));
  const fields = Object.entries(body.form).map(([name, value]) => [name, filled(value)] as const);
  return new URLSearchParams(Object.fromEntries(fields)).toString();
}
