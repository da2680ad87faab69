import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';

/**
 * What the card can take: an assumption. SD cards tell nobody how worn they are, and makers state terabytes written for
 * large files in a row, 117 for a 128 GB "high endurance" card, which is about 900 cycles; cheap cells stand 300.
 */
export const storageSection = onDemand(() =>
  z.strictObject({
    capacityGb: z
      .number()
      .positive()
      .max(100_000)
      .optional()
      .describe('size of the card; what the kernel says if absent'),
    cycles: z
      .number()
      .positive()
      .default(500)
      .describe(
        'how often the whole card can be written, an assumption: 300 for cheap TLC, 3000 for MLC, 20000 for pSLC',
      ),
    amplification: z
      .number()
      .min(1)
      .default(8)
      .describe(
        'bytes the card programs for each byte it is sent, an assumption: small flushed writes cost whole blocks',
      ),
  }),
);
export type Storage = z.infer<typeof storageSection>;

/** Years until a card is used up at this rate, or null when its size is not known. */
export function lifeYears(storage: Storage, measuredBytes: number | null, bytesPerDay: number): number | null {
  const capacity = storage.capacityGb === undefined ? measuredBytes : storage.capacityGb * 1e9;
  if (capacity === null || capacity <= 0) return null;
  return (capacity * storage.cycles) / Math.max(1, bytesPerDay * storage.amplification) / 365.25;
}
