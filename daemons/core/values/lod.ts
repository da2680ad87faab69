/** What stands for a value below its limit of detection, in every language. */
export const belowLod = '<LOD';

/** An LOD that is not known says nothing: the value is then shown as it is. */
export const isBelowLod = (value: number | null, lod: number | null | undefined): boolean =>
  value !== null && lod !== null && lod !== undefined && value < lod;
