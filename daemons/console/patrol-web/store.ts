import type { State } from './state.ts';

export interface Store {
  readonly state: State;
  change(news: Partial<State>): void;
}

/** The one thing on the page that changes; `draw` is called once for all changes of a moment, hidden pages included. */
export function openStore(first: State, draw: () => void): Store {
  let state = first;
  let isDue = false;
  return {
    get state() {
      return state;
    },
    change: (news) => {
      state = { ...state, ...news };
      if (isDue) return;
      isDue = true;
      queueMicrotask(() => {
        isDue = false;
        draw();
      });
    },
  };
}
