/**
 * Passwords. scrypt (RFC 7914) with the cost that OWASP names for it (Password Storage Cheat Sheet: N = 2^17, r = 8, p = 1,
 * 128 MiB); the parameters stand in the hash, so that a later cost leaves the old ones valid. Node runs it on its pool of threads.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** Power of two of N. */
export const usualCost = 17;
const [r, p, bytes] = [8, 1, 32];

const derive = (password: string, salt: Buffer, length: number, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // The same word typed on two keyboards is the same word (NIST SP 800-63B, 5.1.1.2).
    scrypt(password.normalize('NFKC'), salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });

export async function hashPassword(password: string, cost = usualCost): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, bytes, { N: 2 ** cost, r, p, maxmem: 2 ** cost * r * 256 });
  return `scrypt$${cost}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** False for what is no hash of ours too. */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [, cost, keptR, keptP, salt, key] = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d)\$([\w-]+)\$([\w-]+)$/.exec(kept) ?? [];
  if (!salt || !key) return false;
  const should = Buffer.from(key, 'base64url');
  const N = 2 ** Math.min(20, Number(cost));
  const options = { N, r: Number(keptR), p: Number(keptP), maxmem: N * Number(keptR) * 256 };
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), should.length, options), should);
}

const least = 12;
/** Roots of the passwords that are tried first, and of what stands around whoever sits here. */
const roots = [
  'password',
  'passw0rd',
  'qwerty',
  'azerty',
  '123456',
  'letmein',
  'welcome',
  'admin',
  'iloveyou',
  'fieldpost',
];
const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiopasdfghjklzxcvbnm',
  'йцукенгшщзхъфывапролджэячсмитьбю',
];

/** Why a password is too weak, or null. Length before all else: no rules of signs and capitals (NIST SP 800-63B, 5.1.1.2). */
export function weakness(password: string, account: string): string | null {
  const plain = password.normalize('NFKC').toLowerCase();
  if ([...plain].length < least) return `it has ${[...plain].length} characters; must be ${least} or more`;
  if (new Set(plain).size < 5) return 'it has fewer than five different characters';
  if (plain.includes(account.toLowerCase())) return 'it holds the name of the account';
  const rest = roots.reduce((left, root) => left.replaceAll(root, ''), plain);
  if ([...rest].length < least / 2) return 'it is one of the words that are tried first, and little else';
  return runs(plain) ? 'it follows the alphabet, the digits or the keyboard' : null;
}

/** Whether most of it walks along a row, either way. */
function runs(text: string): boolean {
  const signs = [...text];
  const steps = signs.slice(1).filter((sign, i) => {
    const pair = `${signs[i]}${sign}`;
    return rows.some((row) => row.includes(pair) || [...row].reverse().join('').includes(pair));
  });
  return steps.length > 0.7 * (signs.length - 1);
}
