/**
 * What a box is to be, as an operator signed it: whole, never a difference to what was before. Files stand here as text, so that a
 * box behind a thin line needs the broker alone; an executable is named by its version and comes as an artefact.
 */
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';
import { artefactVersion } from '../release/metadata.ts';
import type { Signed } from '../release/signed.ts';
import { parseWire } from '../wire/parse.ts';
import { namePattern } from '../wire/topics.ts';

const file = z
  .string()
  .regex(/^(devices|boards|profiles)\/[a-z0-9-]{1,32}\.yaml$/, 'must be devices/, boards/ or profiles/NAME.yaml');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM');

/** What may stand in the way of an update. */
export const gates = ['dock', 'calibration', 'alert', 'schedule'] as const;
export type Gate = (typeof gates)[number];

const desired = z.strictObject({
  v: z.literal(1),
  site: z.string().regex(namePattern),
  device: z.string().regex(namePattern),
  version: z.int().min(1).max(1_000_000_000),
  /** The pseudonym of who signed. */
  by: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,31}$/),
  at: z.iso.datetime(),
  /** In place of those of the box, by path; all others stay as they were laid on the box. */
  files: z.record(file, z.string().max(200_000)).default({}),
  /** Null: that of the package. */
  executable: artefactVersion.nullable().default(null),
  /** Versions of models by the name of their folder, in place of those of the box. Absent where none is asked for, as older boxes have it. */
  models: z.record(z.string().regex(namePattern), artefactVersion).optional(),
  /** UTC; only between these. Past midnight where `from` is the later. */
  schedule: z.strictObject({ from: clock, until: clock }).optional(),
  /** Healthy without a break for `steadyS`, within `withinS`: else the box goes back by itself. */
  trial: z
    .strictObject({ steadyS: z.int().min(1).max(3600).default(60), withinS: z.int().min(2).max(7200).default(300) })
    .refine(({ steadyS, withinS }) => withinS > steadyS, { error: 'withinS must be longer than steadyS' })
    .prefault({}),
  /** What the operator takes on, and why. */
  override: z
    .strictObject({
      reason: z.string().min(3).max(400),
      downgrade: z.boolean().default(false),
      gates: z.array(z.enum(gates)).default([]),
    })
    .optional(),
});
export type Desired = Readonly<z.infer<typeof desired>>;
export type DesiredInput = z.input<typeof desired>;

/** Errors: Fault `protocol` that names the path, `refused` when it is another box's. */
export function parseDesired(signed: Signed, self: { readonly site: string; readonly device: string }): Desired {
  const said = parseWire(signed.text, desired);
  if (said.site !== self.site || said.device !== self.device)
    throw new Fault(
      'refused',
      `desired state ${said.version}: is of ${said.site}/${said.device}; this box is ${self.site}/${self.device}`,
    );
  return said;
}

/** The text that is signed; what is not said is filled in. Errors: Fault `protocol`. */
export const desiredText = (input: DesiredInput): string => JSON.stringify(parseWire(JSON.stringify(input), desired));
