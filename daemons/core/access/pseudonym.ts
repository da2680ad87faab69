import * as z from 'zod';

/** How people are called here: a name that says nothing of the person, such as op-17. */
export const pseudonym = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,31}$/)
  .describe('2 to 32 letters, digits, dots, hyphens or underscores: a pseudonym such as op-17');
