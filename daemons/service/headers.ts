/** What every answer of this daemon carries, and how a session is read. */
import type { FastifyReply, FastifyRequest } from 'fastify';

export const headers: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export const cookieIn = ({ headers: { cookie: text } }: FastifyRequest, wanted: string): string | undefined =>
  text
    ?.split(';')
    .map((one) => one.trim().split('='))
    .find(([name]) => name === wanted)?.[1];

export const setCookie = (reply: FastifyReply, name: string, token: string): void =>
  void reply.header('set-cookie', `${name}=${token}; Path=/; Secure; HttpOnly; SameSite=Strict`);
