/**
 * Artefacts over HTTPS: the site's authority and no other, the box's own certificate, and by RFC 9110 section 14 a transfer goes on
 * where it was cut. Files lie under the hash that they must have; one is believed only after its hash was made again here.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Artefact, Artefacts } from '../ports/artefacts.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { Identity } from '../ports/identity.ts';

const patienceMs = 30_000;
const longestText = 2_000_000;
/** Free bytes beside what is brought: unpacked it takes some four times as much, and the spools must go on. */
const spaceTimes = 6;

export interface HttpsArtefacts {
  /** https://host:port/path */
  readonly url: string;
  /** As it stands now. Errors: Fault. */
  readonly identity: () => Pick<Identity, 'key' | 'certificate' | 'authority'>;
  /** Where downloads lie. */
  readonly folder: string;
}

export function httpsArtefacts({ url, identity, folder }: HttpsArtefacts): Artefacts {
  const base = url.replace(/\/$/, '');
  const get = (name: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { key, certificate: cert, authority: ca } = identity();
      const where = `${base}/${name}`;
      const asked = https.get(where, { agent: false, key, cert, ca, minVersion: 'TLSv1.2', headers, signal }, resolve);
      asked.setTimeout(patienceMs, () => asked.destroy(new Error(`nothing came for ${patienceMs / 1000} s`)));
      asked.on('error', (error) => reject(new Fault('absent', `${where}: ${error.message}`, error)));
    });

  const text = async (name: string, signal: AbortSignal): Promise<string | null> => {
    const answer = await get(name, {}, signal);
    if (answer.statusCode === 404) {
      answer.resume();
      return null;
    }
    if (answer.statusCode !== 200) throw await refusal(`${base}/${name}`, answer);
    return wholeText(`${base}/${name}`, answer);
  };

  const file = async (artefact: Artefact, signal: AbortSignal): Promise<string> => {
    const { sha256, length } = artefact;
    const whole = path.join(folder, sha256);
    const part = `${whole}.part`;
    await mkdir(folder, { recursive: true, mode: 0o755 });
    if ((await sizeOf(whole)) === length && (await hashOf(whole)) === sha256) return whole;
    await checkSpace(folder, artefact);
    // A part that is too long is of something else.
    if ((await sizeOf(part)) > length) await rm(part);
    const have = await sizeOf(part);
    if (have < length) await bring(artefact, { part, have, signal });
    const size = await sizeOf(part);
    if (size < length) throw new Fault('absent', `${nameOf(artefact)}: ${size} of ${length} bytes came`);
    const is = await hashOf(part);
    if (is !== sha256) {
      await rm(part);
      throw new Fault(
        'refused',
        `${nameOf(artefact)}: its SHA-256 is ${is.slice(0, 16)}..., and ${sha256.slice(0, 16)}... was signed: it was swapped or damaged at the centre; what came was deleted`,
      );
    }
    await rename(part, whole);
    return whole;
  };

  const bring = async (artefact: Artefact, { part, have, signal }: Transfer): Promise<void> => {
    const name = `artefacts/${artefact.sha256}`;
    const answer = await get(name, have > 0 ? { range: `bytes=${have}-` } : {}, signal);
    const goesOn = answer.statusCode === 206;
    const told = toldLength(answer, goesOn ? have : 0);
    if (told !== null && told !== artefact.length) {
      answer.destroy();
      await rm(part, { force: true });
      throw new Fault(
        'refused',
        `${nameOf(artefact)}: the centre's file has ${told} bytes, and ${artefact.length} were signed: it is truncated or another there; lay it there again (fieldpost release add)`,
      );
    }
    if (!goesOn && answer.statusCode !== 200) throw await refusal(`${base}/${name}`, answer);
    await keep(artefact, answer, { part, have: goesOn ? have : 0 });
  };

  return { text, file, tidy: () => rm(folder, { recursive: true, force: true }) };
}

interface Transfer {
  readonly part: string;
  /** Bytes of it that are here. */
  readonly have: number;
  readonly signal: AbortSignal;
}

async function keep(
  artefact: Artefact,
  answer: IncomingMessage,
  { part, have }: Pick<Transfer, 'part' | 'have'>,
): Promise<void> {
  const handle = await open(part, have > 0 ? 'a' : 'w', 0o644);
  let came = have;
  try {
    await pipeline(answer, async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        came += chunk.length;
        if (came > artefact.length) throw new Fault('refused', `${nameOf(artefact)}: is longer than was signed`);
        await handle.write(chunk);
      }
    });
  } catch (error) {
    if (isFault(error)) {
      await rm(part, { force: true });
      throw error;
    }
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOSPC' ? 'the disk is full: free some space' : message;
    throw new Fault('absent', `${nameOf(artefact)}: ${came} of ${artefact.length} bytes came (${why})`, error);
  } finally {
    // What was not flushed is found out by its hash.
    await handle.sync().catch(() => {});
    await handle.close();
  }
}

const nameOf = ({ kind, name, version, arch }: Artefact): string => `${kind} ${name} ${version} for ${arch}`;

/** The whole length that an answer tells of its file; null where it tells none. */
function toldLength({ statusCode, headers }: IncomingMessage, from: number): number | null {
  if (statusCode === 416) return Number(/\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN) || null;
  if (statusCode !== 200 && statusCode !== 206) return null;
  const length = headers['content-length'];
  return length === undefined ? null : Number(length) + from;
}

async function wholeText(where: string, answer: IncomingMessage): Promise<string> {
  let all = '';
  answer.setEncoding('utf8');
  try {
    for await (const some of answer) {
      all += some;
      if (all.length > longestText) throw new Fault('refused', `${where}: is longer than ${longestText}`);
    }
  } catch (error) {
    if (isFault(error)) throw error;
    throw new Fault('absent', `${where}: was cut (${(error as Error).message})`, error);
  }
  return all;
}

/** What the centre says against it, in its own words. */
async function refusal(where: string, answer: IncomingMessage): Promise<Fault> {
  const said = (await wholeText(where, answer)).slice(0, 500);
  return new Fault('absent', `${where}: answered ${answer.statusCode}${said === '' ? '' : `: ${said}`}`);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function hashOf(file: string): Promise<string> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(file), sum);
  return sum.digest('hex');
}

async function checkSpace(folder: string, artefact: Artefact): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const [free, needs] = [bavail * bsize, artefact.length * spaceTimes];
  if (free >= needs) return;
  throw new Fault(
    'absent',
    `${nameOf(artefact)}: needs ${Math.ceil(needs / 1e6)} MB, and ${Math.floor(free / 1e6)} MB are free; free some space, what runs goes on`,
  );
}
