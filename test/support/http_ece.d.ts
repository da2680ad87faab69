/** http_ece has no types of its own: what tests use of it. */
declare module 'http_ece' {
  import type { ECDH } from 'node:crypto';
  export function decrypt(
    body: Buffer,
    keys: {
      readonly version: 'aes128gcm';
      readonly privateKey: ECDH;
      readonly authSecret: string;
      /** Of the sender. */
      readonly dh?: string;
    },
  ): Buffer;
}
