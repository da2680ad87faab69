import { el, setText } from '../dom.ts';
import { formatMetres } from '../format.ts';
import { type Actions, chosenIn, type Model, type View } from '../model.ts';
import { say } from '../text.ts';
import type { RegionMap } from './base.ts';
import { plainMap } from './plain.ts';
import { scaleFor } from './shape.ts';
import type { MapDrawing, MapEvents, Spot } from './view.ts';

export interface MapPane extends View {
  show(spot: Spot): void;
  /** Says its own words anew, in the language that is spoken now. */
  translate(): void;
}

const hasWebGl = (): boolean => {
  if (new URLSearchParams(location.search).get('map') === 'plain') return false;
  return el('canvas').getContext('webgl2') !== null;
};

async function readMaps(): Promise<readonly RegionMap[]> {
  try {
    const response = await fetch('/api/maps');
    return ((await response.json()) as { maps: readonly RegionMap[] }).maps;
  } catch {
    // The stream tells of a lost connection; without region maps the outline serves.
    return [];
  }
}

/** Of the map, beside a panel: with less there is nothing to look at. */
const leastSeenPx = 120;

/** Where what is open is; null: nowhere; undefined: nobody told yet. */
function whereOf(model: Model): Omit<Spot, 'ceM'> | null | undefined {
  if (model.selected !== null) return chosenIn(model)?.alert.where;
  return model.device === null ? null : model.board.devices.get(model.device)?.where;
}

/** After the first rows the hand that reaches for one goes first, in ms: a map without a graphics card holds everything up when it begins. */
const restMs = 300;
/** Longest wait of the map for the first rows of the list. */
const patienceMs = 1500;

/** The map with its buttons and notes. MapLibre is loaded only where it can run; elsewhere a plain map takes its place. */
export function mapPane(actions: Actions): MapPane {
  const canvas = el('div', { class: 'map-canvas' });
  const coarse = el('p', { class: 'map-note map-coarse', attrs: { role: 'status' } });
  const problem = el('p', { class: 'map-note' });
  const scaleText = el('span');
  const scale = el('div', { class: 'map-scale' }, scaleText);
  const credit = el('p', { class: 'map-credit' });
  const button = (sign: string, act: () => void): HTMLElement =>
    el('button', { class: 'button', attrs: { type: 'button' }, on: { click: act } }, sign);
  const nearer = button('+', () => drawing?.zoomBy(1));
  const farther = button('−', () => drawing?.zoomBy(-1));
  const fit = button('⤢', () => drawing?.fitAll());
  const notes = el('div', { class: 'map-notes' }, coarse, problem);
  const node = el(
    'section',
    { class: 'map' },
    canvas,
    el('div', { class: 'map-tools' }, nearer, farther, fit),
    notes,
    el('div', { class: 'map-foot' }, scale, credit),
  );
  coarse.hidden = true;
  problem.hidden = true;
  let drawing: MapDrawing | null = null;
  let last: Model | null = null;
  let revealed: string | null = null;
  let credits: readonly string[] = [];
  let problemOf: (() => string) | null = null;
  let scaleOf = 1;

  const sayScale = (): void => {
    const { metres, px } = scaleFor(scaleOf, 140);
    setText(scaleText, formatMetres(metres));
    scale.style.width = `${Math.round(px)}px`;
  };
  const translate = (): void => {
    node.setAttribute('aria-label', say('map.label'));
    for (const [one, key] of [
      [nearer, 'map.in'],
      [farther, 'map.out'],
      [fit, 'map.fit'],
    ] as const) {
      one.setAttribute('aria-label', say(key));
      one.setAttribute('title', say(key));
    }
    setText(coarse, say('map.coarse'));
    setText(problem, problemOf?.() ?? '');
    setText(credit, [say('map.credit'), ...credits].join(' '));
    sayScale();
    drawing?.translate();
  };

  const events: MapEvents = {
    onPick: (id) => actions.select(id),
    onDevice: (key) => actions.openDevice(key),
    onBase: (isSupported) => {
      coarse.hidden = isSupported;
    },
    onScale: (metresPerPx) => {
      scaleOf = metresPerPx;
      sayScale();
    },
    onFailure: (reason) => void usePlain(() => say('map.failed', { reason })),
  };

  /** Where it is to look once it is there: the page takes presses before it has a map. */
  let wanted: ((map: MapDrawing) => void) | null = null;
  const look = (at: (map: MapDrawing) => void): void => {
    if (drawing) at(drawing);
    else wanted = at;
  };
  const take = (next: MapDrawing): void => {
    drawing = next;
    if (last) next.update(last);
    wanted?.(next);
    wanted = null;
  };
  const usePlain = async (why: () => string): Promise<void> => {
    drawing?.close();
    drawing = null;
    canvas.replaceChildren();
    problemOf = why;
    setText(problem, why());
    problem.hidden = false;
    take(await plainMap(canvas, events));
  };
  const start = async (): Promise<void> => {
    if (!hasWebGl()) return usePlain(() => say('map.plain'));
    const [{ glMap }, maps] = await Promise.all([import('./gl.ts'), readMaps()]);
    credits = maps.map(({ attribution }) => attribution.replaceAll(/<[^>]*>/g, '')).filter((text) => text !== '');
    setText(credit, [say('map.credit'), ...credits].join(' '));
    take(await glMap(canvas, events, maps));
  };
  let isBegun = false;
  const begin = (): void => {
    if (isBegun) return;
    isBegun = true;
    start().catch((error: unknown) => usePlain(() => say('map.failed', { reason: String(error) })));
  };
  // Without a graphics card the map takes longer than all the rest: the list is on the screen first. Without a centre it comes alone.
  setTimeout(begin, patienceMs);

  /** How much of it the panel lies over, px: on a narrow screen there is no room beside it. One that covers all of it moves nothing. */
  const covered = (): number => {
    const panel = document.querySelector('.stage .panel:not([hidden])')?.getBoundingClientRect();
    const own = node.getBoundingClientRect();
    if (!panel || panel.left <= own.left + leastSeenPx || panel.left >= own.right) return 0;
    return own.right - panel.left;
  };

  return {
    node,
    translate,
    show: (spot) => look((map) => map.show(spot, covered())),
    update: (model) => {
      last = model;
      if (model.loaded && !model.board.arriving && !isBegun) setTimeout(begin, restMs);
      drawing?.update(model);
      const open = model.selected ?? model.device;
      if (open === revealed) return;
      const where = whereOf(model);
      if (open !== null && where === undefined) return;
      revealed = open;
      // The panel that opens beside the map makes it narrower: look once it has.
      if (where) requestAnimationFrame(() => look((map) => map.reveal({ ceM: 500, ...where }, covered())));
    },
  };
}
