/** What docks told of proposed flights, as stories: out of their events, in the order in which they were said. */
import * as z from 'zod';
import type { Archive } from '../core/ports/archive.ts';
import { isFault } from '../core/ports/fault.ts';
import type { FlightStory } from '../core/values/flight.ts';
import { parseEnvelope } from '../core/wire/envelope.ts';
import { lat, lon } from '../core/wire/place.ts';

/** As the dock daemon calls them. */
const eventType = 'dock-flight';
/** Events that are looked through: a proposal has about five. */
const mostEvents = 500;

const place = z.object({ lat, lon });
const text = z.string().max(200);
const proposed = z.looseObject({
  is: z.literal('proposed'),
  ...{ proposal: text, alert: text, by: text, sha256: text, untilMs: z.number(), altM: z.number() },
  ...{ speedMs: z.number(), fromDeg: z.number(), home: place, path: z.array(place).max(200), plan: z.string() },
});
const followed = z.looseObject({
  is: z.enum(['approved', 'rejected', 'uploaded', 'failed', 'withdrawing', 'withdrawn', 'stays', 'over']),
  ...{ proposal: text, by: text.optional(), why: z.string().optional() },
});
const refused = z.looseObject({
  is: z.literal('refused'),
  ...{ why: text, alert: text.optional(), proposal: text.optional(), by: text.nullish() },
});
const told = z.discriminatedUnion('is', [proposed, followed, refused]);

const states = {
  approved: 'uploading',
  rejected: 'rejected',
  uploaded: 'uploaded',
  failed: 'proposed',
  withdrawing: 'withdrawing',
  withdrawn: 'withdrawn',
  stays: 'uploaded',
  over: 'over',
} as const;

export interface Flights {
  readonly stories: readonly FlightStory[];
  /** The newest question for a flight that the dock refused, if no proposal came after it. */
  readonly refused: { readonly why: string; readonly atMs: number; readonly dock: string } | null;
}

/** The stories of one dock about one alert, newest first. Errors: the store's Faults. */
export async function flightsOf(archive: Archive, dock: string, alert: string): Promise<Flights> {
  const stories = new Map<string, FlightStory>();
  let refusal: Flights['refused'] = null;
  for (const { text: one } of [...(await archive.events(dock, eventType, mostEvents))].reverse()) {
    const event = eventIn(one);
    if (!event) continue;
    const { detail } = event;
    if (detail.is === 'proposed') {
      if (detail.alert !== alert) continue;
      stories.set(detail.proposal, begun(dock, { ...event, detail }));
      refusal = null;
      continue;
    }
    if (detail.is === 'refused' && detail.alert === alert) refusal = { why: event.message, atMs: event.atMs, dock };
    const known = stories.get(detail.proposal ?? '');
    if (known) stories.set(known.proposal, followedBy(known, { ...event, detail }));
  }
  return { stories: [...stories.values()].reverse(), refused: refusal };
}

interface Event<T> {
  readonly atMs: number;
  readonly detail: T;
  readonly message: string;
}

function begun(dock: string, { atMs, detail, message }: Event<z.infer<typeof proposed>>): FlightStory {
  const { proposal, sha256, untilMs, altM, speedMs, fromDeg, home, path, plan, by } = detail;
  return {
    ...{ dock, proposal, sha256, untilMs, altM, speedMs, fromDeg, home, path, plan, state: 'proposed' },
    steps: [{ is: 'proposed', atMs, by, message }],
  };
}

type Later = Exclude<z.infer<typeof told>, { is: 'proposed' }>;

function followedBy(story: FlightStory, { atMs, detail, message }: Event<Later>): FlightStory {
  const state = detail.is === 'refused' ? story.state : states[detail.is];
  return { ...story, state, steps: [...story.steps, { is: detail.is, atMs, by: detail.by ?? null, message }] };
}

function eventIn(envelopeText: string) {
  try {
    const { at, body } = parseEnvelope(envelopeText);
    if (!('detail' in body) || body.type !== eventType) return null;
    const { data } = told.safeParse(body.detail);
    return data ? { atMs: at.wallMs, detail: data, message: body.message } : null;
  } catch (error) {
    // What was reduced by age has no body any more.
    if (!isFault(error)) throw error;
    return null;
  }
}
