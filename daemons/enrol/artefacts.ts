/** What `fieldpost release` made, shown to boxes of the site: small signed files and artefacts by their hash, also in parts. */
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { factsOf, parseCertificate, signedBy } from '../core/pki/facts.ts';
import type { SiteAuthority } from '../core/ports/authority.ts';
import { fleetPath } from '../core/wire/fleet.ts';

const shown = /^((\d{1,9}\.root|timestamp|release)\.json|artefacts\/[0-9a-f]{64})$/;

export interface ArtefactParts {
  readonly authority: SiteAuthority;
  /** `FLEET/public`. */
  readonly folder: string;
}

export function serveArtefacts(app: FastifyInstance, parts: ArtefactParts): void {
  app.get(`${fleetPath}/*`, async (request, reply) => {
    const refused = refusal(request.raw.socket as TLSSocket, parts.authority);
    if (refused !== null) return reply.code(403).send({ v: 1, refused });
    const name = (request.params as { '*': string })['*'];
    if (!shown.test(name)) return absent(reply, name);
    return send(path.join(parts.folder, name), request, reply);
  });
}

/**
 * Why this client gets nothing; null: it is a box of the site. Dates are not held against it: an update may be what a box needs that was
 * away for a year, and what is shown is signed and no secret of another box.
 */
function refusal(socket: TLSSocket, authority: SiteAuthority): string | null {
  const { raw } = socket.getPeerCertificate();
  if (!raw) return 'a certificate of this site must be shown';
  const certificate = parseCertificate(raw, 'the client');
  if (!signedBy(certificate, authority.certificate)) return 'the certificate is not of this site';
  const { name, serial } = factsOf(raw, 'the client');
  return authority.isDenied(serial) ? `${name} is on the deny list` : null;
}

/** The newest root that is shown; null where there is none. */
export function newestRootIn(folder: string): string | null {
  const versions = existsSync(folder)
    ? readdirSync(folder).flatMap((name) => /^(\d{1,9})\.root\.json$/.exec(name)?.[1] ?? [])
    : [];
  if (versions.length === 0) return null;
  return readFileSync(path.join(folder, `${Math.max(...versions.map(Number))}.root.json`), 'utf8');
}

const absent = (reply: FastifyReply, name: string): FastifyReply =>
  reply.code(404).send({ v: 1, refused: `${name.slice(0, 100)}: is not here` });

async function send(file: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  let size: number;
  try {
    size = (await stat(file)).size;
  } catch {
    return absent(reply, path.basename(file));
  }
  const from = Number(/^bytes=(\d{1,12})-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from > 0 && from >= size) return reply.code(416).header('content-range', `bytes */${size}`).send();
  if (from > 0) reply.code(206).header('content-range', `bytes ${from}-${size - 1}/${size}`);
  return reply
    .header('content-length', size - from)
    .type('application/octet-stream')
    .send(createReadStream(file, { start: from }));
}
