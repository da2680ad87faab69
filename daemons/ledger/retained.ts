import { parseTopic } from '../core/wire/topics.ts';
import type { Message } from './message.ts';

/**
 * The newest of what boxes retain at the broker (birth, status, head), whoever's they are: a broker sends it once, and a
 * worker that takes devices over must know it. Bounded; the oldest word goes first.
 */
export interface Retained {
  note(message: Message): void;
  /** What was noted of these devices, oldest first. */
  of(wanted: (device: string) => boolean): readonly Message[];
}

const usualBytes = 64_000_000;

export function noteRetained(mostBytes = usualBytes): Retained {
  const newest = new Map<string, { readonly device: string; readonly message: Message }>();
  let bytes = 0;
  const forget = (topic: string): void => {
    bytes -= newest.get(topic)?.message.payload.length ?? 0;
    newest.delete(topic);
  };
  return {
    note: (message) => {
      const parts = parseTopic(message.topic);
      if (parts?.kind !== 'birth' && parts?.kind !== 'status' && parts?.kind !== 'head') return;
      forget(message.topic);
      newest.set(message.topic, { device: parts.device, message });
      bytes += message.payload.length;
      for (const topic of newest.keys()) {
        if (bytes <= mostBytes) break;
        forget(topic);
      }
    },
    of: (wanted) => [...newest.values()].filter(({ device }) => wanted(device)).map(({ message }) => message),
  };
}
