/** A box without a certificate asks for its first: HTTPS, one request, one answer. What it shows is a token. */
import * as z from 'zod';
import { longestText } from '../release/signed.ts';
import { parseWire } from './parse.ts';

export const claimPath = '/v1/claim';
/** The authority's certificate, for whoever knows its fingerprint already. */
export const authorityPath = '/v1/authority';
/** The authority's newest list of denied certificates, PEM: no secret, and nobody is asked who they are. */
export const deniedPath = '/v1/denied.crl';

const pem = z.string().min(1).max(8000);

const petition = z.looseObject({
  v: z.literal(1),
  id: z.string().min(1).max(40),
  request: pem,
  /** `claimProof` of the token's key. */
  proof: z.string().min(1).max(100),
});
export type ClaimPetition = Readonly<z.infer<typeof petition>>;

/** A file of the box's configuration, as the centre has it. */
const file = z.looseObject({
  path: z.string().regex(/^(devices|boards|profiles)\/[a-z0-9-]{1,32}\.yaml$/),
  text: z.string().max(64_000),
});
export type ClaimFile = Readonly<z.infer<typeof file>>;

/** `certificate`, or `refused` for the reader. */
const answer = z.looseObject({
  v: z.literal(1),
  certificate: pem.optional(),
  files: z.array(file).max(64).default([]),
  /** The newest root of the site, signed: whom the agent of the box believes. */
  root: z.string().max(longestText).optional(),
  refused: z.string().max(2000).optional(),
});
export type ClaimAnswer = Readonly<z.infer<typeof answer>>;

/** Each errs with Fault `protocol` that names the path. */
export const parseClaim = (json: string): ClaimPetition => parseWire(json, petition);
export const parseClaimAnswer = (json: string): ClaimAnswer => parseWire(json, answer);
