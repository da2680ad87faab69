/** When the instruments of a box were adjusted, and until when that is good: out of the records that it put on file. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Archive } from '../core/ports/archive.ts';
import { isFault } from '../core/ports/fault.ts';
import { parseEnvelope } from '../core/wire/envelope.ts';
import { needs } from './access/actor.ts';

/** As many as a box of a dozen instruments makes in years. */
const mostRecords = 200;

const onFile = z.looseObject({
  record: z.looseObject({
    id: z.string().max(128),
    sensor: z.string().max(128).optional(),
    quantity: z.string().max(128),
    atMs: z.number(),
    validUntilMs: z.number(),
  }),
});

export interface Calibrated {
  readonly id: string;
  /** Absent: the record does not say. */
  readonly sensor?: string;
  readonly quantity: string;
  readonly atMs: number;
  readonly validUntilMs: number;
}

/** Newest first. Errors: the store's Faults. */
export async function calibrationsOf(archive: Archive, device: string): Promise<readonly Calibrated[]> {
  const filed = await archive.events(device, 'calibration-in-force', mostRecords);
  return filed.flatMap(({ text }) => recordIn(text)).sort((a, b) => b.atMs - a.atMs);
}

function recordIn(text: string): Calibrated[] {
  try {
    const { body } = parseEnvelope(text);
    const read = onFile.safeParse('detail' in body ? body.detail : null).data?.record;
    if (!read) return [];
    const { id, sensor, quantity, atMs, validUntilMs } = read;
    return [{ ...{ id, quantity, atMs, validUntilMs }, ...(sensor === undefined ? {} : { sensor }) }];
  } catch (error) {
    // What was reduced by age has no body any more.
    if (!isFault(error)) throw error;
    return [];
  }
}

/** Without an archive none is known. */
export function addCalibrations(app: FastifyInstance, archive: Archive | undefined): void {
  app.get<{ Params: { device: string } }>(
    '/api/devices/:device/calibrations',
    needs('alerts.read', 'devices.read'),
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return { calibrations: archive ? await calibrationsOf(archive, request.params.device) : [] };
    },
  );
}
