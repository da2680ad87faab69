/** The gases of a box: what stands beside it in cylinders, from a file that a technician keeps; and which may be used for what. */
import * as z from 'zod';
import type { Board } from '../../core/config/box.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import { isSameLevel } from '../../core/procedure/level.ts';
import type { Cylinder, ProcedureRequest } from '../../core/procedure/link.ts';
import type { ProcedureKind } from './stages.ts';

const text = z.string().min(1).max(64);

/** One cylinder, or a zero source such as a scrubber. */
const cylinder = onDemand(() =>
  z.strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .describe('what it is called here: small letters, digits and hyphens'),
    gas: text.describe('as the certificate names it: ammonia, isobutylene, synthetic air, nitrogen'),
    applied: z.number().min(0).describe('concentration on the certificate; 0 for a zero gas'),
    unit: z.string().min(1).max(16).default('ppm'),
    uPercent: z
      .number()
      .min(0)
      .max(50)
      .optional()
      .describe('expanded uncertainty (k = 2) in percent, by the certificate'),
    lot: text,
    certificate: text,
    expires: z.iso.date().describe('the last day of the certificate, for example 2027-05-31'),
    balance: text.optional().describe('what it is diluted in: nitrogen, synthetic air'),
    humidity: z
      .enum(['dry', 'humid'])
      .default('dry')
      .describe('cylinder gas is dry unless it goes through a humidifier'),
    for: z.array(z.string()).default([]).describe('quantities it is meant for; any if empty'),
  }),
);

/** `gases.yaml` in the state folder of a box. */
export const gasesFile = z.strictObject({ gases: z.array(cylinder).max(200) });

/** As they go over the control link. A certificate is valid to the end of its last day, UTC. */
export const cylindersOf = ({ gases }: z.infer<typeof gasesFile>): readonly Cylinder[] =>
  gases.map(({ uPercent, expires, balance, ...one }) => ({
    ...one,
    uRelative: uPercent === undefined ? null : uPercent / 200,
    expiresMs: Date.parse(`${expires}T23:59:59Z`),
    balance: balance ?? null,
  }));

export interface GasChoice {
  readonly kind: ProcedureKind;
  readonly zero: Cylinder | null;
  readonly span: Cylinder;
  /** Further levels of an adjustment's fit. */
  readonly further: readonly Cylinder[];
  readonly second: Cylinder | null;
  /** An adjustment of the gain alone, without a zero gas. */
  readonly gainOnly: boolean;
  /** Why an expired gas is used. */
  readonly reason: string | null;
}

/** Every gas of it, in the order in which the record names them. */
export const gasesOf = ({ zero, span, further, second }: GasChoice): readonly Cylinder[] =>
  [zero, span, ...further, second].flatMap((one) => (one ? [one] : []));

/** The gases that a request names. Gives the reason where one of them is not there. */
export function chosen(
  asked: Extract<ProcedureRequest, { ask: 'begin' }>,
  gases: readonly Cylinder[],
): GasChoice | string {
  const ids = [asked.zero, asked.span, ...(asked.levels ?? []), asked.second].flatMap((id) => id ?? []);
  const gasOf = (id: string | null | undefined): Cylinder | null => gases.find((one) => one.id === id) ?? null;
  const unknown = ids.find((id) => !gasOf(id));
  const span = gasOf(asked.span);
  if (!span || unknown)
    return `there is no gas ${unknown ?? asked.span}; known: ${gases.map(({ id }) => id).join(', ')}`;
  return {
    kind: asked.kind,
    zero: gasOf(asked.zero),
    span,
    further: (asked.levels ?? []).flatMap((id) => gasOf(id) ?? []),
    second: gasOf(asked.second),
    gainOnly: asked.gainOnly ?? false,
    reason: asked.reason ?? null,
  };
}

export interface GasUse {
  readonly quantity: string;
  readonly unit: string;
  readonly metalOxide: boolean;
  readonly nowMs: number;
}

/** Why these gases may not be used for it; null when they may. The sentence is for the technician. */
export function refusalOf(choice: GasChoice, use: GasUse): string | null {
  const { kind, zero, span, further, second, reason, gainOnly } = choice;
  if (gainOnly && (kind !== 'adjustment' || zero || further.length > 0))
    return 'where only the gain is changed there is no zero gas and no further level';
  if (gainOnly && !second)
    return 'only the gain would be changed, from one level: choose gas at a second level, which must agree';
  if (kind === 'adjustment' && !zero && !gainOnly) return 'an adjustment needs a zero gas; choose one';
  if (zero && zero.applied !== 0) return `${zero.id} is no zero gas: its certificate says ${zero.applied} ${zero.unit}`;
  if (!(span.applied > 0)) return `${span.id} is no span gas: its certificate says ${span.applied}`;
  const levels = [span, ...further, ...(second ? [second] : [])];
  for (const [i, one] of levels.entries()) {
    const same = levels.slice(0, i).find((other) => isSameLevel(one, other));
    if (same) return `${one.id} is at the same level as ${same.id}; a second level must differ by a tenth at least`;
  }
  return (
    gasesOf(choice)
      .map((one) => unusable(one, use, reason ?? ''))
      .find((one) => one !== null) ?? null
  );
}

/** Why this one gas may not be used. */
function unusable(one: Cylinder, { quantity, unit, metalOxide, nowMs }: GasUse, reason: string): string | null {
  if (one.applied > 0 && one.unit !== unit) return `${one.id} is given in ${one.unit}; ${quantity} is in ${unit}`;
  if (one.for.length > 0 && !one.for.includes(quantity)) return `${one.id} is meant for ${one.for.join(', ')}`;
  if (metalOxide && isNitrogen(one))
    return `${one.id} is nitrogen or diluted in it: a metal-oxide element needs oxygen; use synthetic air`;
  if (one.expiresMs >= nowMs || reason.trim().length >= 3) return null;
  const day = new Date(one.expiresMs).toISOString().slice(0, 10);
  return `the certificate of ${one.id} expired on ${day}; use another, or state the reason`;
}

const isNitrogen = ({ gas, balance, applied }: Cylinder): boolean =>
  /^(nitrogen|n2)$/i.test(applied === 0 && balance === null ? gas : (balance ?? ''));

const metalOxideParts: ReadonlySet<string> = new Set(['bme68x', 'sgp4x']);

/** Whether a channel is a metal-oxide element: one of the board's array, or a part that holds one. */
export function isMetalOxide({ array, sensors }: Board, channel: string): boolean {
  const part = sensors.find(({ id }) => id === channel.split('/', 1)[0])?.part ?? '';
  return metalOxideParts.has(part) || array.some((one) => one.channel === channel);
}
