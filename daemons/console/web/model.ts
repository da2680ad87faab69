import type { FlightPlace } from '../../core/values/flight.ts';
import type { Board } from './board.ts';
import type { Filter } from './order.ts';
import type { Language, Theme } from './settings.ts';
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

/** Everything that a view may show. */
export interface Model {
  readonly board: Board;
  /** The centre's clock, as the page follows it. */
  readonly nowMs: number;
  /** The page's own clock. */
  readonly localMs: number;
  readonly link: Link;
  readonly loaded: boolean;
  readonly tab: 'alerts' | 'devices';
  readonly filter: Filter;
  readonly selected: string | null;
  /** Acknowledgements under way: `null` while one is sent, else why it failed. */
  readonly sending: ReadonlyMap<string, string | null>;
  readonly operator: string | null;
  readonly theme: Theme;
  readonly language: Language;
  /** Findings of doubt that the reader put away. */
  readonly seenDoubts: ReadonlySet<string>;
  readonly tracks: readonly Track[];
}

/** Everything that a view may ask for. */
export interface Actions {
  select(id: string | null): void;
  acknowledge(id: string): void;
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
