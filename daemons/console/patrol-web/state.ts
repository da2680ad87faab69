/** Everything that the page shows. */
import type { AlertRecord } from '../../core/ports/records.ts';
import type { Told } from '../../core/values/delivery.ts';
import type { Deed } from '../../core/values/desk.ts';
import type { languages } from '../access/shapes.ts';
import type { CallCard } from '../patrol/card.ts';
import type { Board } from '../web/board.ts';
import { type Gone, helpKind, type Who } from './kept.ts';
import type { Own } from './place.ts';
import type { Word } from './queue.ts';

export const themes = ['auto', 'sun', 'night'] as const;
export type Theme = (typeof themes)[number];
type Language = (typeof languages)[number];

/**
 * `refused` by the browser; `failed`: neither side took it. The rest is why it cannot be had: over plain HTTP no browser has it, an iPhone has
 * it in an installed page alone, and the centre may have it switched off.
 */
export const wakes = [
  ...(['unknown', 'off', 'on', 'busy', 'refused', 'failed'] as const),
  ...(['no-https', 'no-install', 'no-browser', 'no-centre'] as const),
] as const;
export type Wake = (typeof wakes)[number];

export interface State {
  readonly who: Who | null;
  /** `ended`: nobody is logged in; what was written waits. */
  readonly session: 'known' | 'ended';
  readonly link: 'connecting' | 'live' | 'lost';
  readonly board: Board;
  readonly gone: readonly Gone[];
  readonly cards: ReadonlyMap<string, CallCard>;
  /** Of whoever is logged in, in order. */
  readonly words: readonly Word[];
  /** Keys of calls for help that the centre has. */
  readonly calledHelp: readonly string[];
  readonly own: Own | null;
  readonly locating: 'off' | 'on' | 'refused';
  readonly open: string | null;
  readonly isMenu: boolean;
  /** How far the centre's clock is ahead of this one's, ms. */
  readonly aheadMs: number;
  readonly contactMs: number | null;
  readonly isLasting: boolean;
  readonly theme: Theme;
  readonly language: Language;
  readonly sound: boolean;
  readonly wake: Wake;
  readonly radio: string | null;
}

export interface Actions {
  open(id: string | null): void;
  menu(isOpen: boolean): void;
  say(alert: string, deed: Deed): void;
  report(alert: string, outcome: Extract<Deed, { what: 'report' }>['outcome']): void;
  help(): void;
  dismiss(id: string): void;
  dropWord(key: string): void;
  locate(): void;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): void;
  setSound(isOn: boolean): void;
  setWake(isOn: boolean): void;
  logIn(): void;
  leave(): void;
}

const ranks = { critical: 0, warning: 1, info: 2 } as const;
const isDone = ({ alert, desk }: AlertRecord): boolean =>
  desk?.resolved != null || (alert.condition === 'cleared' && alert.kind === helpKind);

/** Open ones first, the most severe first, then the newest; the id makes the order total. */
export const byUrgency = (a: AlertRecord, b: AlertRecord): number =>
  Number(isDone(a)) - Number(isDone(b)) ||
  ranks[a.alert.severity] - ranks[b.alert.severity] ||
  b.raisedMs - a.raisedMs ||
  (a.alert.id < b.alert.id ? -1 : 1);

export const toldOf = ({ desk }: AlertRecord, unit: string | null): Told | undefined =>
  desk?.told?.find((one) => one.unit === unit);
export const othersOf = ({ desk }: AlertRecord, unit: string | null): readonly Told[] =>
  desk?.told?.filter((one) => one.unit !== unit && (one.acknowledged || one.onScene || one.reported)) ?? [];

/** What of this kind still waits to be sent for an alert. */
export const waitingFor = ({ words }: State, alert: string, what: Deed['what']): Word | undefined =>
  words.findLast(({ said }) => 'alert' in said && said.alert === alert && said.deed.what === what);

/** Words that a person pressed: that an alert arrived or was opened is told by itself. */
export const pressedIn = ({ words }: State): readonly Word[] =>
  words.filter(({ said }) => 'help' in said || !['received', 'seen'].includes(said.deed.what));

export type HelpState =
  | { readonly is: 'none' }
  | { readonly is: 'unsent'; readonly sinceMs: number }
  /** The centre has it, and nobody there answered. */
  | { readonly is: 'unanswered'; readonly sinceMs: number }
  | { readonly is: 'answered'; readonly by: string; readonly atMs: number };

/** The newest call for help of this unit, until it is closed. */
export function helpOf(state: State): HelpState {
  const waits = state.words.findLast(({ said, refused }) => 'help' in said && refused === null);
  if (waits) return { is: 'unsent', sinceMs: waits.at.wallMs + (waits.at.aheadMs ?? 0) };
  const unit = state.who?.unit;
  if (unit == null) return { is: 'none' };
  const [newest] = [...state.board.alerts.values()]
    .filter(({ alert, device, desk }) => alert.kind === helpKind && device === unit && !desk?.resolved)
    .sort((a, b) => b.alert.at.wallMs - a.alert.at.wallMs);
  if (newest?.acknowledged) return { is: 'answered', ...newest.acknowledged };
  if (newest) return { is: 'unanswered', sinceMs: newest.alert.at.wallMs };
  return state.calledHelp.length > 0 ? { is: 'unanswered', sinceMs: Date.now() + state.aheadMs } : { is: 'none' };
}
