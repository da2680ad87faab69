import type { Right } from '../../core/access/roles.ts';
import type { Deed } from '../../core/values/desk.ts';
import type { FlightPlace } from '../../core/values/flight.ts';
import type { AlertRecord, Board } from './board.ts';
import type { Field } from './dialog.ts';
import type { Me } from './me.ts';
import type { Filter } from './order.ts';
import type { Language, Theme } from './settings.ts';
import type { ShiftState } from './shift-pane.ts';
import type { Track } from './track.ts';

export interface Link {
  readonly state: 'connecting' | 'live' | 'lost';
  /** When the centre was last heard, on the page's own clock. */
  readonly heardMs: number;
  /** Why the centre cannot read its store, or null. */
  readonly trouble: string | null;
  /** When the trouble began, on the page's own clock. */
  readonly troubleMs: number;
  /** Whether the centre serves a newer page than this one. */
  readonly upgraded: boolean;
}

export const tabs = ['alerts', 'devices', 'history', 'shift', 'people'] as const;
export type Tab = (typeof tabs)[number];

/** A drill that runs, as the centre tells of it. */
export interface Drill {
  readonly text: string;
  readonly by: string;
}

/** Everything that a view may show. */
export interface Model {
  readonly board: Board;
  /** The centre's clock, as the page follows it. */
  readonly nowMs: number;
  /** The page's own clock. */
  readonly localMs: number;
  readonly link: Link;
  readonly loaded: boolean;
  readonly tab: Tab;
  readonly filter: Filter;
  readonly selected: string | null;
  /** The box whose page is open, as `deviceKey` names it; an alert that is open goes before it. */
  readonly device: string | null;
  /** Whether the focus goes to the page of a box that opens, or stays in the list. */
  readonly focus: 'panel' | 'list';
  /** Acknowledgements under way: `null` while one is sent, else why it failed. */
  readonly sending: ReadonlyMap<string, string | null>;
  /** Deeds under way, by alert: `null` while one is sent, else why it failed. */
  readonly acting: ReadonlyMap<string, string | null>;
  readonly operator: string | null;
  /** Null until the centre said who looks. */
  readonly me: Me | null;
  /** Null: the centre told of none. */
  readonly shift: ShiftState | null;
  readonly drill: Drill | null;
  /** An alert that was opened from the history and is not held here. */
  readonly opened: AlertRecord | null;
  readonly theme: Theme;
  readonly language: Language;
  /** Findings of doubt that the reader put away. */
  readonly seenDoubts: ReadonlySet<string>;
  readonly tracks: readonly Track[];
}

/** Whether the person who looks may do this. What a role may not do is not offered. */
export const may = ({ me }: Pick<Model, 'me'>, right: Right): boolean => me?.rights.includes(right) ?? false;

/** The alert that is open, from the stream or from the history. */
export const chosenIn = ({ selected, board, opened }: Model): AlertRecord | undefined => {
  if (selected === null) return undefined;
  return board.alerts.get(selected) ?? (opened?.alert.id === selected ? opened : undefined);
};

/** What the map shows: what is held, and the one that was opened from the history. */
export const shownAlerts = ({ board, opened }: Model): readonly AlertRecord[] => [
  ...board.alerts.values(),
  ...(opened && !board.alerts.has(opened.alert.id) ? [opened] : []),
];

/** Everything that a view may ask for. */
export interface Actions {
  select(id: string | null): void;
  /** Opens the page of a box, or closes it. */
  openDevice(key: string | null, focus?: 'panel' | 'list'): void;
  acknowledge(id: string): void;
  act(id: string, deed: Deed): void;
  /** Asks for what a deed needs, then does it; what was typed stays until it is taken. */
  ask(
    id: string,
    title: string,
    fields: readonly Field[],
    deedOf: (said: Readonly<Record<string, string>>) => Deed,
  ): void;
  /** Opens one that was found in the history. */
  open(record: AlertRecord): void;
  /** Who signs, for the body of a write: nothing where the login says it. */
  signed(by: string): { readonly by?: string };
  readShift(): Promise<void>;
  leave(): void;
  showOnMap(where: { readonly lat: number; readonly lon: number; readonly ceM: number }): void;
  setTab(tab: Model['tab']): void;
  setFilter(filter: Filter): void;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): void;
  askOperator(): void;
  /** Who acts; asked for where nobody said yet. Null: the person would rather not. */
  operator(): Promise<string | null>;
  /** Draws the flights proposed for an alert in place of those of any other. */
  setProposed(alert: string, ways: readonly (readonly FlightPlace[])[]): void;
  setFlown(device: string, ways: readonly (readonly FlightPlace[])[]): void;
  /** Puts away every finding of doubt that is told of now. */
  dismissDoubts(): void;
}

export interface View {
  readonly node: HTMLElement;
  update(model: Model): void;
  /** Once a second: only what the passing of time changes. */
  tick?(model: Model): void;
}
