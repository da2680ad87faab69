/**
 * One paired phone at the control link. The link is held only while the phone is heard: a phone that is away is told to the
 * gas daemon as a lost technician, and when it comes back it takes up its procedure.
 */
import type { Reply, Request } from '../core/procedure/link.ts';

export interface Link {
  ask(request: Request): void;
  close(): void;
}

export interface PhoneParts {
  nowMs(): number;
  /** Errors: Fault `absent` when the gas daemon does not run. */
  connect(onReply: (reply: Reply) => void, onClose: () => void): Promise<Link>;
}

type Told = Pick<Extract<Reply, { say: 'records' }>, 'records' | 'exposed'>;

export interface Phone {
  /** Shows replies to an open page; returns the end of it. Errors: as `connect`. */
  attach(show: (reply: Reply) => void): Promise<() => void>;
  ask(request: Request): void;
  /** Empty where the box is gone. */
  records(target: string): Promise<Told>;
  /** The newest word of the box about itself. */
  box(): Extract<Reply, { say: 'box' }> | null;
  /** To be called every few seconds. */
  tick(): void;
  close(): void;
}

/** Three beats of the page. */
const silentMs = 15_000;

export function openPhone({ nowMs, connect }: PhoneParts): Phone {
  const pages = new Set<(reply: Reply) => void>();
  const asked: ((told: Told) => void)[] = [];
  let link: Link | null = null;
  let opening: Promise<void> | null = null;
  let box: Extract<Reply, { say: 'box' }> | null = null;
  let mine: { readonly target: string; readonly procedure: string } | null = null;
  let watched: string | null = null;
  let heardMs = nowMs();

  const onReply = (reply: Reply): void => {
    if (reply.say === 'box') box = reply;
    if (reply.say === 'view' && reply.view.running?.mine) {
      const { id, over } = reply.view.running;
      mine = over ? null : { target: reply.view.target, procedure: id };
    }
    if (reply.say === 'records') asked.shift()?.(reply);
    else for (const show of pages) show(reply);
  };
  const open = async (): Promise<void> => {
    const made = await connect(onReply, () => {
      if (link === made) link = null;
    });
    link = made;
    if (mine) made.ask({ ask: 'resume', ...mine });
    if (watched) made.ask({ ask: 'watch', target: watched });
  };
  const close = (): void => {
    link?.close();
    link = null;
    for (const answer of asked.splice(0)) answer({ records: [] });
  };
  return {
    box: () => box,
    attach: async (show) => {
      heardMs = nowMs();
      pages.add(show);
      if (link && box) {
        show(box);
        if (watched) link.ask({ ask: 'watch', target: watched });
      } else {
        opening ??= open().finally(() => {
          opening = null;
        });
        await opening.catch((error: unknown) => {
          pages.delete(show);
          throw error;
        });
      }
      return () => pages.delete(show);
    },
    ask: (request) => {
      heardMs = nowMs();
      if (request.ask === 'watch' || request.ask === 'begin') watched = request.target;
      link?.ask(request);
    },
    records: (target) => {
      const { promise, resolve } = Promise.withResolvers<Told>();
      if (!link) return Promise.resolve({ records: [] });
      asked.push(resolve);
      link.ask({ ask: 'records', target });
      return promise;
    },
    tick: () => {
      if (link && nowMs() - heardMs > silentMs) close();
    },
    close,
  };
}
