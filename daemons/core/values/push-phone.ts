/** A browser that lets itself be woken by a push service, as the store keeps it. Nobody is shown endpoint or keys. */
export interface PushPhone {
  /** Whoever knows it can push there. */
  readonly endpoint: string;
  /** Base64url, as the browser gave them (RFC 8291). */
  readonly p256dh: string;
  readonly auth: string;
  readonly account: string;
  readonly unit: string;
  /** Name of the session that it was given in: it goes with it. */
  readonly session: string;
  readonly addedMs: number;
  /** When that session ends at the latest. */
  readonly untilMs: number;
}

/** What a dispatcher that has web push says to browsers. */
export interface PushOffer {
  /** The uncompressed point of its VAPID key, base64url. */
  readonly publicKey: string;
  readonly hosts: readonly string[];
}
