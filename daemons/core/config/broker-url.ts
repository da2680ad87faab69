import { Fault } from '../ports/fault.ts';
import { isLoopback } from './loopback.ts';
import { withoutSecrets } from './without-secrets.ts';

/**
 * Outside this machine a broker is spoken to by TLS only. `where` names the setting in the message.
 * Errors: Fault `config` that names every address which is not `mqtts://`, and not loopback.
 */
export function requireEncryption(where: string, urls: readonly string[]): void {
  const mistakes = urls.flatMap((url, i) => {
    const parsed = URL.parse(url);
    if (parsed?.protocol === 'mqtts:') return [];
    if (parsed?.protocol === 'mqtt:' && isLoopback(parsed.hostname)) return [];
    return [
      `${where}.${i}: is ${JSON.stringify(withoutSecrets(url))}; must be mqtts://host:port: plain mqtt:// is for this machine only ` +
        '(127.0.0.1, ::1, localhost), as anybody on the way could read alerts and invent them. ' +
        'How to get certificates: fieldpost pki --help',
    ];
  });
  if (mistakes.length > 0) throw new Fault('config', mistakes.join('\n'));
}
