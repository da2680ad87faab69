/** What the centre said to a request for a new certificate. */
export type Renewal =
  | { readonly outcome: 'issued'; readonly certificate: string }
  /** A person at the centre must approve it first; it is asked again later. */
  | { readonly outcome: 'waits'; readonly reason: string }
  | { readonly outcome: 'refused'; readonly reason: string };

/** Asks for a new certificate for the present identity. Errors: Fault with a reason for the reader; nothing has changed. */
export type Renew = () => Promise<Renewal>;
