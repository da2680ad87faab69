import { askFor } from './dialog.ts';
import { operatorPattern } from './settings.ts';
import { say } from './text.ts';

/** Asks for the operator's pseudonym. Resolves to null when the person would rather not say. */
export async function askOperator(current: string | null): Promise<string | null> {
  const said = await askFor({
    title: say('operator.title'),
    explain: say('operator.explain'),
    fields: [
      {
        name: 'id',
        label: say('operator.label'),
        value: current ?? '',
        right: say('operator.right'),
        isRight: (id) => operatorPattern.test(id),
      },
    ],
    does: say('operator.save'),
  });
  return said?.id ?? null;
}
