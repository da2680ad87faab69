/** What patrols are told of where people live: how many dwellings a region touches, and none by its name. Pure. */
import type { Act, Desk } from '../values/desk.ts';

const numbered = (names: readonly string[]): readonly string[] => names.map((_, i) => String(i + 1));

export const unnamedDesk = (desk: Desk): Desk =>
  desk.dwelling ? { ...desk, dwelling: { ...desk.dwelling, touches: numbered(desk.dwelling.touches) } } : desk;

export const unnamedAct = (act: Act): Act =>
  act.deed.what === 'judge' ? { ...act, deed: { ...act.deed, dwellings: numbered(act.deed.dwellings) } } : act;
