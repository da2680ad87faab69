/** Who looks at this page, as the centre knows it. */
import type { Me } from '../access/shapes.ts';
import { ask, carryCsrf } from './ask.ts';

export type { Me };

/** Null: the console cannot be reached. */
export async function readMe(): Promise<Me | null> {
  const answer = await ask<Me>('GET', '/api/me');
  if (!answer.ok) return null;
  carryCsrf(answer.body.csrf);
  return answer.body;
}

export const isStranger = (me: Me): boolean => me.mode === 'login' && me.account === null;
