/** Which push services may be told anything: a list of hosts that the organisation wrote down. Pure. */

/** `push.example`, `push.example:8443`, or `*.push.example` for what is below it. */
export const hostPattern =
  /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?$/;

const isOf = (pattern: string, host: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : host === pattern;

/** Null: a message may go there. Else why not; the path is never in the words, as whoever has it can push. */
export function whyNoEndpoint(endpoint: string, hosts: readonly string[]): string | null {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url?.protocol !== 'https:') return 'the endpoint is no https:// address';
  if (url.username || url.password || url.hash) return 'the endpoint has a login or a fragment in it';
  if (hosts.some((one) => isOf(one, url.host))) return null;
  return `the push service ${url.host} is not allowed here; allowed: ${hosts.join(', ')}`;
}
