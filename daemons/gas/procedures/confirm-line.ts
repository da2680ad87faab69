import type { SeenLine } from '../../core/procedure/link.ts';
import { checkOf, lineRefusal } from './line-check.ts';
import type { Session } from './session.ts';

/** At the flow and the leak check: notes what the line says, or gives why it may not go on. Null where nothing is against it. */
export function confirmLine(session: Session, seen: SeenLine | null): string | null {
  const stage = session.machine.stages[session.state.at]?.name;
  if (stage !== 'flow' && stage !== 'leak') return null;
  const refused = lineRefusal(stage, seen);
  if (!refused) session.line = { ...session.line, [stage]: checkOf(stage, seen) };
  return refused;
}
