import * as z from 'zod';
import { pseudonym } from '../../core/access/pseudonym.ts';
import { patrolUnit } from '../../core/wire/patrol-word.ts';

/** Whom a patrol's code lets in: a unit, and a person under a pseudonym. Who makes the code says it, and no phone. */
export const patrolGuest = z.strictObject({ unit: patrolUnit, by: pseudonym });
export type PatrolGuest = z.infer<typeof patrolGuest>;
