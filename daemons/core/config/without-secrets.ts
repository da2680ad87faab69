/**
 * Text for people's eyes without what opens something: passwords in addresses, keys in PEM, tokens, and values whose name says that
 * they are secret. A net under what is written with care, and no leave to write secrets: what looks like nothing is not found.
 */
const removed = '[removed]';
const names = 'pass(?:word|phrase|wd)?|secret|token|psk|private[_-]?key|authorization|cookie|api[_-]?key';

const nets: readonly (readonly [RegExp, string])[] = [
  // RFC 3986, 3.2.1: user:password@. In JSON and in plain text; never across a space or a quote. Bounded, so that no line costs much.
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/"'\\]{0,256}):[^\s@/"'\\]{1,256}@/gi, `$1:${removed}@`],
  // RFC 7468; a line of JSON holds its line ends as \n.
  [
    /-----BEGIN ([A-Z ]{0,40})PRIVATE KEY-----[\s\S]{0,20000}?(?:-----END \1PRIVATE KEY-----|$)/g,
    `[$1PRIVATE KEY removed]`,
  ],
  [/\b(Bearer|Basic) +[\w.~+/=-]{6,}/gi, `$1 ${removed}`],
  [/\b(fpt_[a-z2-7]{8}_)[\w-]{20,}/g, `$1${removed}`],
  // "name": "value" of JSON, once more escaped or not.
  [
    new RegExp(`(\\\\*"[\\w-]{0,40}(?:${names})\\\\*"\\s*:\\s*\\\\*")(?:[^"\\\\]|\\\\[^"]){1,4096}`, 'gi'),
    `$1${removed}`,
  ],
  // name=value of command lines, environments and query strings.
  [new RegExp(`(\\b[\\w-]{0,40}(?:${names})=)[^\\s&"'\\\\,;]{1,4096}`, 'gi'), `$1${removed}`],
];

export const withoutSecrets = (text: string): string =>
  nets.reduce((left, [net, instead]) => left.replace(net, instead), text);
