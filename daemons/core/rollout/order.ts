/** What an operator may do with a rollout that goes on. Pure. */
import { Fault } from '../ports/fault.ts';
import type { Mode, Note, Rollout } from './plan.ts';

export const orders = ['pause', 'resume', 'stop', 'back'] as const;
export type Order = (typeof orders)[number];

const from: Readonly<Record<Order, readonly Mode[]>> = {
  pause: ['running'],
  resume: ['paused', 'stopped'],
  stop: ['running', 'paused'],
  back: ['running', 'paused', 'stopped', 'done'],
};
const modes: Readonly<Record<Order, Mode>> = { pause: 'paused', resume: 'running', stop: 'stopped', back: 'backing' };

/** The rollout after an order. Errors: Fault `refused` where it means nothing. */
export function ordered(rollout: Rollout, order: Order, why: string): readonly [Rollout, readonly Note[]] {
  if (!from[order].includes(rollout.mode))
    throw new Fault(
      'refused',
      `${rollout.plan.name}: is ${rollout.mode}; ${order} is for one that is ${from[order].join(' or ')}. Nothing was changed`,
    );
  // Whoever resumes after failures has seen them: only further ones count.
  const failed = Object.values(rollout.boxes).filter(({ phase }) => phase === 'failed').length;
  const forgiven = order === 'resume' ? failed : rollout.forgiven;
  return [{ ...rollout, mode: modes[order], reason: why, forgiven }, [{ box: null, what: order, why }]];
}
