import type { Model, View } from './model.ts';

/** The one thing on the page that changes: everything else is drawn from it. */
export interface Store {
  readonly model: Model;
  change(news: Partial<Model>): void;
  /** Draws these from now on; called again when the page speaks another language. */
  show(views: readonly View[]): void;
  /** How far the centre's clock is ahead of the page's own, in ms: ages are told by the centre's. */
  setAhead(ms: number): void;
}

export function openStore(first: Model): Store {
  let model = first;
  let views: readonly View[] = [];
  let aheadMs = 0;
  let isDue = false;
  const timed = (): Model => ({ ...model, localMs: Date.now(), nowMs: Date.now() + aheadMs });

  const draw = (): void => {
    if (!isDue) return;
    isDue = false;
    model = timed();
    for (const view of views) view.update(model);
  };

  setInterval(() => {
    model = timed();
    for (const view of views) view.tick?.(model);
  }, 1000);

  return {
    get model() {
      return model;
    },
    /** Takes a change in and draws once per frame; a hidden tab draws too, so that its title counts. */
    change: (news) => {
      model = { ...model, ...news };
      if (isDue) return;
      isDue = true;
      if (document.hidden) setTimeout(draw, 250);
      else requestAnimationFrame(draw);
    },
    show: (next) => {
      views = next;
      model = timed();
      for (const view of views) view.update(model);
    },
    setAhead: (ms) => {
      aheadMs = ms;
    },
  };
}
