/**
 * Topics of DJI's Cloud API (Cloud-API-Doc, "Topic Definition"). What is read and what may be written is this file and no
 * other: a reply has a type of its own, and there is no text here that could command anything.
 */
import type { DjiWiring } from './config.ts';

export type Way = 'osd' | 'state' | 'events' | 'requests' | 'status';
/** What a platform answers. */
export type Answered = 'events' | 'requests' | 'status';

export interface Origin {
  readonly from: 'dock' | 'drone';
  readonly way: Way;
}

export type ReplyTopic =
  | `thing/product/${string}/events_reply`
  | `thing/product/${string}/requests_reply`
  | `sys/product/${string}/status_reply`;

type Serials = Pick<DjiWiring, 'dock' | 'drone'>;

/** By topic. No wildcard: what another dock says on the same broker never comes here. */
export const originsOf = ({ dock, drone }: Serials): ReadonlyMap<string, Origin> =>
  new Map<string, Origin>([
    [`thing/product/${dock}/osd`, { from: 'dock', way: 'osd' }],
    [`thing/product/${dock}/state`, { from: 'dock', way: 'state' }],
    [`thing/product/${dock}/events`, { from: 'dock', way: 'events' }],
    [`thing/product/${dock}/requests`, { from: 'dock', way: 'requests' }],
    [`sys/product/${dock}/status`, { from: 'dock', way: 'status' }],
    ...(drone === undefined
      ? []
      : ([
          [`thing/product/${drone}/osd`, { from: 'drone', way: 'osd' }],
          [`thing/product/${drone}/state`, { from: 'drone', way: 'state' }],
        ] as const)),
  ]);

export function replyTopic(dock: string, way: Answered): ReplyTopic {
  switch (way) {
    case 'events':
      return `thing/product/${dock}/events_reply`;
    case 'requests':
      return `thing/product/${dock}/requests_reply`;
    case 'status':
      return `sys/product/${dock}/status_reply`;
  }
}
