import { el, setText } from './dom.ts';
import type { Model, View } from './model.ts';
import { isOpen } from './order.ts';
import { say, word } from './text.ts';

/** Tells a screen reader of each new open alert; what was there at the first load is not news. */
export function announcer(): View {
  const node = el('p', { class: 'visually-hidden', attrs: { 'aria-live': 'polite' } });
  let known: Set<string> | null = null;
  return {
    node,
    update: ({ board, loaded }: Model) => {
      if (!loaded) return;
      const before = known;
      known = new Set(board.alerts.keys());
      if (!before) return;
      const fresh = [...board.alerts.values()].filter((one) => isOpen(one) && !before.has(one.alert.id));
      const sentences = fresh.slice(0, 3).map(({ alert, device }) =>
        say('announce.alert', {
          severity: say(`severity.${alert.severity}`),
          kind: word('kind', alert.kind),
          device,
        }),
      );
      if (sentences.length > 0) setText(node, sentences.join('. '));
    },
  };
}
