/** What the centre gave for a token. */
export interface Claimed {
  /** PEM: of this box, and of the authority that the token names. */
  readonly certificate: string;
  readonly authority: string;
  /** Of the box's configuration, as the centre keeps it: a path such as `boards/near.yaml`, and the text. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** The root of the site, signed; null where the centre has none. */
  readonly root: string | null;
}

/**
 * Shows a token with a certificate request (PEM). Errors: Fault `absent`: nobody answers, try later; `refused`: the centre or this box
 * refuses, with the reason; nothing has changed.
 */
export type ClaimFirst = (request: string) => Promise<Claimed>;
