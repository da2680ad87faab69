import type { DeskStore } from '../../core/ports/desk.ts';
import { Fault } from '../../core/ports/fault.ts';

const mostTries = 20;

/**
 * Changes what all consoles share by a pure step on what is there, again where another was faster. A step that gives a text
 * says why nothing is to be changed. Errors: Fault `refused` where others were always faster.
 */
export async function change<T>(
  desk: DeskStore,
  name: string,
  step: (value: unknown) => T | string,
): Promise<{ readonly why: string; readonly value?: never } | { readonly why: null; readonly value: T }> {
  for (let n = 0; n < mostTries; n++) {
    const { version, value } = await desk.read(name);
    const next = step(value);
    if (typeof next === 'string') return { why: next };
    if (await desk.swap(name, version, next)) return { why: null, value: next };
  }
  throw new Fault('refused', `${name}: others changed it at every try; nothing was changed`);
}
