import type { Message } from './message.ts';

export interface IntakeLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** Enough for a second of a large fleet; beyond it memory would only hide that the store is too slow. */
export const usualIntake: IntakeLimits = { messages: 20_000, bytes: 64_000_000 };

/**
 * What came from the broker and was not taken yet, bounded. When it is full the oldest of the least urgent kind is dropped:
 * nobody had a receipt for it, so the box sends it again. What boxes say of themselves is sent once only, and goes last.
 */
export interface Intake {
  readonly size: number;
  /** Messages dropped since the beginning. */
  readonly dropped: number;
  offer(message: Message): void;
  /** The most urgent first, in the order they came within a kind; `most` at the most. */
  take(most: number): readonly Message[];
}

/** By the topic's kind; what is none of ours is least urgent. */
const rankOf = (topic: string): number => {
  const kind = topic.split('/', 5)[4];
  if (kind === 'birth' || kind === 'status' || kind === 'head') return 0;
  if (kind === 'alert') return 1;
  return kind === 'event' ? 2 : 3;
};

export function openIntake(limits: IntakeLimits = usualIntake): Intake {
  const ranks = Array.from({ length: 4 }, () => queue());
  let size = 0;
  let bytes = 0;
  let dropped = 0;
  const next = (order: readonly Queue[]): Message | undefined => {
    const message = order.find((one) => one.size > 0)?.shift();
    if (!message) return undefined;
    size -= 1;
    bytes -= message.payload.length;
    return message;
  };
  const leastUrgent = ranks.toReversed();
  return {
    get size() {
      return size;
    },
    get dropped() {
      return dropped;
    },
    offer: (message) => {
      ranks[rankOf(message.topic)]?.push(message);
      size += 1;
      bytes += message.payload.length;
      while (size > limits.messages || bytes > limits.bytes) {
        next(leastUrgent);
        dropped += 1;
      }
    },
    take: (most) => {
      const taken: Message[] = [];
      for (let one = next(ranks); one; one = taken.length < most ? next(ranks) : undefined) taken.push(one);
      return taken;
    },
  };
}

interface Queue {
  readonly size: number;
  push(message: Message): void;
  shift(): Message | undefined;
}

/** First in, first out, without moving everything at each `shift`. */
function queue(): Queue {
  let items: (Message | undefined)[] = [];
  let head = 0;
  return {
    get size() {
      return items.length - head;
    },
    push: (message) => void items.push(message),
    shift: () => {
      const message = items[head];
      items[head++] = undefined;
      if (head > 1024 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return message;
    },
  };
}
