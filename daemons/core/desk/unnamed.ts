/** What patrols are told of where people live: how many dwellings a region touches, none by its name, and none by how near it is. Pure. */
import type { Act, Desk } from '../values/desk.ts';

const numbered = (names: readonly string[]): readonly string[] => names.map((_, i) => String(i + 1));

export function unnamedDesk(desk: Desk): Desk {
  if (!desk.dwelling) return desk;
  const { clearM: _clear, movedM: _moved, touches, ...dwelling } = desk.dwelling;
  return { ...desk, dwelling: { ...dwelling, touches: numbered(touches) } };
}

export function unnamedAct(act: Act): Act {
  if (act.deed.what !== 'judge') return act;
  const { clearM: _clear, dwellings, ...deed } = act.deed;
  return { ...act, deed: { ...deed, dwellings: numbered(dwellings) } };
}
