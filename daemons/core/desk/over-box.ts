/** Acts that were done at a box, where the centre was away: their key says over which. Pure. */

/** The key of such an act at the centre: none that a phone makes up there is like it. `key` is the phone's own. */
export const keyOver = (device: string, key: string): string => `box:${device}:${key}`;

/** The box that an act came over; null: it was done at the centre. */
export const boxOver = (key: string | undefined): string | null =>
  /^box:([a-z0-9-]{1,32}):/.exec(key ?? '')?.[1] ?? null;
