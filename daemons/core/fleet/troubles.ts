/**
 * What is wrong with the fleet itself, from what boxes say and do not say. Pure. What many boxes of a site suffer at once is one incident,
 * and while the centre itself hears no broker nothing is held against any box.
 */
import type { Health } from './health.ts';

export interface FleetBox {
  readonly site: string;
  readonly device: string;
  readonly online: boolean;
  readonly health: Health | null;
}

export const kinds = [
  'box-silent',
  'site-silent',
  'centre-offline',
  'calibration-overdue',
  'certificate-ending',
  'card-worn',
  'clock-wrong',
] as const;
export type Kind = (typeof kinds)[number];

/** Something that holds, once it has held for as long as its kind must. */
export interface Trouble {
  readonly kind: Kind;
  readonly site: string;
  /** The box; '' for a site or the centre. */
  readonly device: string;
  readonly severity: 'warning' | 'critical';
  /** For the reader: what, and what to do. */
  readonly words: string;
  /** Boxes that one incident stands for. */
  readonly members: readonly string[];
}

export interface Open extends Trouble {
  /** Names one occurrence, from raised to cleared. */
  readonly id: string;
  readonly sinceMs: number;
  readonly rev: number;
  readonly saidMs: number;
}

export interface Limits {
  /** A box is silent after so long without a connection; so is the centre. */
  readonly silentMs: number;
  /** After the broker was away, boxes have so long to come back. */
  readonly returnMs: number;
  /** Boxes of a site that fell silent within `togetherMs` are one incident: at least this many, and this share of the site. */
  readonly outageBoxes: number;
  readonly outageShare: number;
  readonly togetherMs: number;
  readonly certificateMs: number;
  readonly lifeYears: number;
  /** A clock may be unsure so long, after a start for example. */
  readonly unsureMs: number;
  /** A box's clock may be so far ahead of the centre's. */
  readonly aheadMs: number;
  /** An open trouble is said again this often: silence of the centre must show. */
  readonly againMs: number;
}
const [minuteMs, dayMs] = [60_000, 86_400_000];
export const usualLimits: Limits = {
  ...{ silentMs: 5 * minuteMs, returnMs: 5 * minuteMs, outageBoxes: 3, outageShare: 0.3, togetherMs: 10 * minuteMs },
  ...{ certificateMs: 14 * dayMs, lifeYears: 1, unsureMs: 60 * minuteMs, aheadMs: minuteMs, againMs: dayMs },
};

export interface Troubles {
  /** By key; since when it holds, though not long enough yet. */
  readonly pending: Readonly<Record<string, number>>;
  readonly open: Readonly<Record<string, Open>>;
  /** Unix ms since when no broker is heard; 0: one is. */
  readonly lostMs: number;
  /** Silence of boxes counts from here on. */
  readonly fromMs: number;
}
export const noTroubles = (nowMs: number, open: Troubles['open'] = {}): Troubles => ({
  ...{ pending: {}, open, lostMs: 0, fromMs: nowMs },
});

export interface FleetLook {
  readonly nowMs: number;
  /** Whether the centre hears a broker. */
  readonly heard: boolean;
  readonly boxes: readonly FleetBox[];
}

export type Word = Open & { readonly condition: 'raised' | 'held' | 'cleared' };

const keyOf = ({ kind, site, device }: Pick<Trouble, 'kind' | 'site' | 'device'>): string =>
  `${kind} ${site} ${device}`;

/** One look at the fleet: the state after it, and what is to be said. */
export function watched(
  state: Troubles,
  look: FleetLook,
  limits: Limits = usualLimits,
): readonly [Troubles, readonly Word[]] {
  const { nowMs, heard } = look;
  const lostMs = heard ? 0 : state.lostMs || nowMs;
  const fromMs = heard && state.lostMs === 0 ? state.fromMs : nowMs + (heard ? limits.returnMs : 0);
  const centre = lostMs > 0 && nowMs - lostMs >= limits.silentMs ? [centreOffline] : [];
  if (!heard) {
    // What is not heard is not known: what is open stays.
    const boxes = Object.values(state.open).filter(({ kind }) => kind !== 'centre-offline');
    const [open, words] = compared(state.open, [...boxes, ...centre], () => lostMs, look, limits);
    return [{ pending: {}, open, lostMs, fromMs }, words];
  }
  const [pending, holding] = lasting(state, troublesOf(look, limits), { nowMs, fromMs }, limits);
  const now = asIncidents(holding, pending, state, look, limits);
  const [open, words] = compared(state.open, now, (key) => pending[key] ?? nowMs, look, limits);
  return [{ pending, open, lostMs, fromMs }, words];
}

const centreOffline: Trouble = {
  ...{ kind: 'centre-offline', site: 'centre', device: '', severity: 'critical', members: [] },
  words: 'the centre hears no broker: nothing is known of any box until it does. Boxes keep everything',
};

function troublesOf({ boxes, nowMs }: FleetLook, limits: Limits): readonly Trouble[] {
  return boxes.flatMap(({ site, device, online, health }) => {
    const found: Trouble[] = [];
    const add = (kind: Kind, severity: Trouble['severity'], words: string): void =>
      void found.push({ kind, site, device, severity, words: `${device}: ${words}`, members: [] });
    if (!online) add('box-silent', 'warning', 'is not connected; its power or its line is away, or it is dead');
    if (!health) return found;
    const { overdue, certificateMs, lifeYears, synced, atMs } = health;
    if (overdue.length > 0) add('calibration-overdue', 'warning', `calibration is due: ${overdue.join(', ')}`);
    if (certificateMs !== null && certificateMs - nowMs < limits.certificateMs)
      add(
        'certificate-ending',
        certificateMs < nowMs ? 'critical' : 'warning',
        `its certificate ends ${new Date(certificateMs).toISOString().slice(0, 10)} and did not renew itself; see fieldpost enrol`,
      );
    if (lifeYears !== null && lifeYears < limits.lifeYears)
      add('card-worn', 'warning', `at what is written its card lasts ${lifeYears.toFixed(1)} years, an assumption`);
    if (atMs - nowMs > limits.aheadMs) add('clock-wrong', 'warning', 'its clock is ahead of that of the centre');
    else if (!synced) add('clock-wrong', 'warning', 'no time source bounds its clock');
    return found;
  });
}

/** Those that held for as long as they must, and since when each holds. What is open goes on. */
function lasting(
  { pending: before, open }: Troubles,
  found: readonly Trouble[],
  { nowMs, fromMs }: { readonly nowMs: number; readonly fromMs: number },
  limits: Limits,
): readonly [Record<string, number>, readonly Trouble[]] {
  const pending: Record<string, number> = {};
  const within = new Set(Object.values(open).flatMap(({ site, members }) => members.map((one) => `${site} ${one}`)));
  const holding = found.filter((one) => {
    const key = keyOf(one);
    const sinceMs = before[key] ?? open[key]?.sinceMs ?? nowMs;
    pending[key] = sinceMs;
    if (open[key]) return true;
    if (one.kind === 'box-silent')
      return within.has(`${one.site} ${one.device}`) || nowMs - Math.max(sinceMs, fromMs) >= limits.silentMs;
    return one.kind !== 'clock-wrong' || nowMs - sinceMs >= limits.unsureMs;
  });
  return [pending, holding];
}

/** Boxes that fell silent together become one incident of their site; those of one that goes on stay in it. */
function asIncidents(
  holding: readonly Trouble[],
  pending: Readonly<Record<string, number>>,
  { open }: Troubles,
  { boxes }: FleetLook,
  limits: Limits,
): readonly Trouble[] {
  const others = holding.filter(({ kind }) => kind !== 'box-silent');
  const silent = Map.groupBy(
    holding.filter(({ kind }) => kind === 'box-silent'),
    ({ site }) => site,
  );
  return [
    ...others,
    ...[...silent].flatMap(([site, of]) => {
      const before = open[keyOf({ kind: 'site-silent', site, device: '' })]?.members ?? [];
      const all = boxes.filter((box) => box.site === site).length;
      const enough = Math.max(limits.outageBoxes, Math.ceil(all * limits.outageShare));
      const since = (one: Trouble): number => pending[keyOf(one)] ?? 0;
      // Also those that are away and not silent yet: the first of many must not be said alone.
      const away = boxes
        .filter((box) => box.site === site && !box.online)
        .map(({ device }) => pending[keyOf({ kind: 'box-silent', site, device })] ?? 0);
      const isTogether = (one: Trouble): boolean =>
        away.filter((at) => Math.abs(at - since(one)) <= limits.togetherMs).length >= enough;
      const goesOn =
        before.length > 0 && of.filter(({ device }) => before.includes(device)).length * 2 >= before.length;
      const within = of.filter((one) => (goesOn && before.includes(one.device)) || isTogether(one));
      if (within.length === 0) return of;
      const members = within.map(({ device }) => device).toSorted();
      return [...of.filter((one) => !within.includes(one)), siteSilent(site, members, all)];
    }),
  ];
}

const mostNamed = 8;
function siteSilent(site: string, members: readonly string[], all: number): Trouble {
  const more = members.length > mostNamed ? ` and ${members.length - mostNamed} others` : '';
  return {
    ...{ kind: 'site-silent', site, device: '', severity: 'critical', members },
    words: `${members.length} of ${all} boxes of ${site} fell silent together, their backbone rather than each of them: ${members.slice(0, mostNamed).join(', ')}${more}`,
  };
}

function compared(
  before: Troubles['open'],
  now: readonly Trouble[],
  sinceOf: (key: string) => number,
  { nowMs }: FleetLook,
  { againMs }: Limits,
): readonly [Record<string, Open>, readonly Word[]] {
  const open: Record<string, Open> = {};
  const words: Word[] = [];
  for (const trouble of now) {
    const key = keyOf(trouble);
    const known = before[key];
    if (!known) {
      const id = `${trouble.kind}-${trouble.device || trouble.site}-${Math.round(nowMs)}`;
      open[key] = { ...trouble, id, sinceMs: Math.min(nowMs, sinceOf(key)), rev: 1, saidMs: nowMs };
      words.push({ ...open[key], condition: 'raised' });
    } else if (nowMs - known.saidMs >= againMs || trouble.severity !== known.severity) {
      open[key] = { ...known, ...trouble, sinceMs: known.sinceMs, rev: known.rev + 1, saidMs: nowMs };
      words.push({ ...open[key], condition: 'held' });
    } else open[key] = { ...known, members: trouble.members };
  }
  for (const [key, known] of Object.entries(before))
    if (!open[key]) words.push({ ...known, rev: known.rev + 1, saidMs: nowMs, condition: 'cleared' });
  return [open, words];
}
