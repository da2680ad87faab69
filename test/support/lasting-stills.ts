import { pictures, plotPicture } from './camera-box.ts';

/**
 * Pictures that last a camera without a pose for minutes: in each it finds something, and waits for a pose that does not come.
 */
export const lastingStills = (count = 500): Record<string, Uint8Array> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`s${String(i).padStart(3, '0')}.png`, pictures.encodePng(plotPicture(i))]),
  );
