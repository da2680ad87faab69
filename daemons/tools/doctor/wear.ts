import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { wearCounters } from '../../core/adapters/wear.linux.ts';
import type { Storage } from '../../core/wear/life.ts';
import { lifeYears } from '../../core/wear/life.ts';
import { type Finding, fine, note, warn } from './finding.ts';
import { size, span } from './words.ts';

/** A card with less life than this is replaced at the next visit. */
const shortYears = 2;
/** A boot writes more than a day of measuring: sooner a rate says little, in ms. */
const longMs = 6 * 3_600_000;

const told = z.looseObject({
  mbPerDay: z.number().nullable(),
  budgetMbPerDay: z.number(),
  telemetryHoldMs: z.number(),
});

/** What the daemons last told of themselves (`wear` in their spools), and the device's own counter since the boot. */
export function lookAtWear(folder: string, storage: Storage, daemons: Readonly<Record<string, unknown>>): Finding[] {
  const found = Object.entries(daemons).flatMap(([name, value]) => {
    const wear = told.safeParse(value).data;
    return wear ? [judgeDaemon(name, wear)] : [];
  });
  const { device } = wearCounters(folder).read();
  const upMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) * 1000;
  if (!device)
    return [...found, note('wear', `${folder} is not on a block device of its own: the card's wear cannot be told`)];
  return [...found, judgeCard({ ...device, upMs }, storage)];
}

function judgeDaemon(name: string, { mbPerDay, budgetMbPerDay, telemetryHoldMs }: z.infer<typeof told>): Finding {
  const facts = { name, mbPerDay, budgetMbPerDay, telemetryHoldMs };
  if (mbPerDay === null) return note('wear', `${name}: not measured yet (a minute after its start)`, facts);
  const text = `${name} writes ${mbPerDay} MB a day of ${budgetMbPerDay}; telemetry is held ${telemetryHoldMs / 1000} s`;
  if (mbPerDay > budgetMbPerDay)
    return warn(
      'wear',
      text,
      'lengthen samplePeriodMs, or raise wear.mbPerDay in the profile if the card can take it',
      facts,
    );
  return fine('wear', text, facts);
}

interface Card {
  readonly name: string;
  /** Bytes sent to it since the boot, which was `upMs` ago. */
  readonly bytes: number;
  readonly upMs: number;
  readonly sizeBytes: number | null;
}

export function judgeCard({ name, bytes, upMs, sizeBytes }: Card, storage: Storage): Finding {
  const perDay = (bytes / upMs) * 86_400_000;
  const years = lifeYears(storage, sizeBytes, perDay);
  const rate = `${name}: ${size(perDay)} a day, all programs, in the ${span(upMs)} since the boot`;
  const facts = { name, bytesPerDay: Math.round(perDay), sizeBytes, assumed: storage, lifeYears: years };
  if (years === null)
    return note('wear', `${rate}; its size is not known: set storage.capacityGb in the board for a projection`, facts);
  const life = years > 50 ? 'more than 50 years' : `${years.toFixed(1)} years`;
  const text = `${rate}; a new card would last ${life}, assuming ${storage.cycles} cycles and ${storage.amplification} bytes programmed for each sent`;
  if (upMs < longMs) return note('wear', `${text}: too early to judge`, facts);
  if (years < shortYears)
    return warn(
      'wear',
      text,
      'find what writes (`iotop -ao`), or fit a card of a higher endurance and say so in storage of the board',
      facts,
    );
  return fine('wear', text, facts);
}
