/** What boxes say of themselves at the broker, retained: what each is to be, what it is, how it is. */
import { type Health, parseHealth } from '../../core/fleet/health.ts';
import { isFault } from '../../core/ports/fault.ts';
import { parseSigned } from '../../core/release/signed.ts';
import { parseDesired } from '../../core/twin/desired.ts';
import { parseReported, type Reported, type Wanted, wantedOf } from '../../core/twin/reported.ts';
import { textOf } from '../../core/wire/parse.ts';
import { parseTwinTopic } from '../../core/wire/topics.ts';

export interface HeardBox {
  readonly desired: Wanted | null;
  readonly reported: Reported | null;
  readonly health: Health | null;
  /** What stands there and cannot be read. */
  readonly troubles: readonly string[];
}
export const unheard: HeardBox = { desired: null, reported: null, health: null, troubles: [] };

export interface Heard {
  /** Whether a broker is heard now: what is told else is as it was. */
  readonly connected: boolean;
  of(site: string, device: string): HeardBox;
}

export interface Hearing extends Heard {
  hear(topic: string, payload: Uint8Array): void;
  setConnected(now: boolean): void;
}

/** Boxes kept: a broker that names more is not one of ours. */
const mostBoxes = 50_000;
const mostTroubles = 5;

export function openHearing(): Hearing {
  const boxes = new Map<string, HeardBox>();
  let connected = false;
  return {
    get connected() {
      return connected;
    },
    of: (site, device) => boxes.get(`${site}/${device}`) ?? unheard,
    setConnected: (now) => {
      connected = now;
    },
    hear: (topic, payload) => {
      const parts = parseTwinTopic(topic);
      if (!parts) return;
      const key = `${parts.site}/${parts.device}`;
      const before = boxes.get(key) ?? unheard;
      if (before === unheard && boxes.size >= mostBoxes) return;
      boxes.set(key, heardAfter(before, parts, payload));
    },
  };
}

/** The box after one message; an empty one takes back what was retained. Pure. */
export function heardAfter(
  before: HeardBox,
  { site, device, side }: NonNullable<ReturnType<typeof parseTwinTopic>>,
  payload: Uint8Array,
): HeardBox {
  const rest = before.troubles.filter((one) => !one.startsWith(`twin/${side}: `));
  if (payload.length === 0) return { ...before, [side]: null, troubles: rest };
  try {
    const text = textOf(payload);
    if (side === 'reported') return { ...before, reported: parseReported(text), troubles: rest };
    if (side === 'health') return { ...before, health: parseHealth(text), troubles: rest };
    return { ...before, desired: wantedOf(parseDesired(parseSigned(text), { site, device })), troubles: rest };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { ...before, troubles: [...rest, `twin/${side}: ${error.message.slice(0, 300)}`].slice(-mostTroubles) };
  }
}
