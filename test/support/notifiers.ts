import type { Notice, Notifier, PushedWay, Sent } from '../../daemons/core/ports/notifier.ts';

export interface HeardNotifier extends Notifier {
  readonly heard: readonly Notice[];
  /** Resolves when so many were heard. */
  until(n: number): Promise<void>;
}

/** A way out that keeps what it was given; `answer` says what comes of each. */
export function heardNotifier(
  way: PushedWay,
  answer: (notice: Notice, signal: AbortSignal) => Promise<Sent> = async () => 'sent',
): HeardNotifier {
  const heard: Notice[] = [];
  let waiting: (() => void)[] = [];
  return {
    way,
    heard,
    send: (notice, signal) => {
      heard.push(notice);
      for (const look of waiting.splice(0)) look();
      return answer(notice, signal);
    },
    until: async (n) => {
      while (heard.length < n)
        await new Promise<void>((resolve) => {
          waiting = [...waiting, resolve];
        });
    },
    close: async () => {},
  };
}
