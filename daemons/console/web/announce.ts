import { isOpen } from '../../core/desk/urgency.ts';
import type { AlertRecord } from './board.ts';
import { el, setText } from './dom.ts';
import { isDoubted } from './doubt.ts';
import type { Model, View } from './model.ts';
import { say, word } from './text.ts';

/** Tells a screen reader of each new open alert, and of each that was put in doubt; what was there at the first load is not news. */
export function announcer(): View {
  const node = el('p', { class: 'visually-hidden', attrs: { 'aria-live': 'polite' } });
  /** Whether each was in doubt. */
  let known: Map<string, boolean> | null = null;
  return {
    node,
    update: ({ board, loaded }: Model) => {
      // What is still on its way was there before too.
      if (!loaded || board.arriving) return;
      const before = known;
      known = new Map([...board.alerts].map(([id, record]) => [id, isDoubted(record)]));
      if (!before) return;
      const fresh = [...board.alerts.values()].filter((one) => isOpen(one) && !before.has(one.alert.id));
      const sentences = fresh.slice(0, 3).map(({ alert, device }) =>
        say('announce.alert', {
          severity: say(`severity.${alert.severity}`),
          kind: word('kind', alert.kind),
          device,
        }),
      );
      const doubted = [...board.alerts.values()].filter((one) => isDoubted(one) && before.get(one.alert.id) === false);
      sentences.push(...doubted.slice(0, 3).map(doubtSentence));
      if (sentences.length > 0) setText(node, sentences.join('. '));
    },
  };
}

const doubtSentence = ({ alert, device }: AlertRecord): string =>
  say('announce.doubt', { kind: word('kind', alert.kind), device });
