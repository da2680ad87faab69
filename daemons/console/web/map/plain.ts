import { fromHead, svg } from '../dom.ts';
import type { Model } from '../model.ts';
import { say } from '../text.ts';
import { baseSupports } from './base.ts';
import { openSpots } from './places.ts';
import { type Drawn, degreeM, gridLabels, plainMarks } from './plain-marks.ts';
import { holdPlain, outlinePath, type PlainView, viewBox, widestView } from './plain-view.ts';
import { gridFor } from './shape.ts';
import type { MapDrawing, MapEvents, Spot } from './view.ts';
import { loadWorld } from './world.ts';

/**
 * The map without WebGL: an SVG of the coarse outline, longitude and latitude as they stand. It has the same marks, circles
 * and notes as the other; weak graphics in the field must not cost an operator the position of an alert.
 */
export async function plainMap(container: HTMLElement, events: MapEvents): Promise<MapDrawing> {
  const land = svg('path', { class: 'plain-land', attrs: { id: 'plain-land' } });
  // The world again to the west and east: the view may cross the antimeridian.
  const copies = [-360, 360].map((x) => svg('use', { attrs: { href: '#plain-land', x } }));
  const grid = svg('path', { class: 'plain-grid' });
  const degrees = svg('g');
  const marks = svg('g');
  const image = svg(
    'svg',
    { class: 'plain', attrs: { role: 'group', 'aria-label': say('map.label'), tabindex: 0 } },
    land,
    ...copies,
    grid,
    degrees,
    marks,
  );
  container.replaceChildren(image);
  // Without the outline the marks and the graticule still tell where something is.
  const world = await loadWorld(fromHead('world-coarse')).catch(() => null);
  if (world) land.setAttribute('d', outlinePath(world.land));

  let view: PlainView = widestView;
  let last: Model | null = null;
  let isPlaced = false;
  const unitPx = (): number => view.width / Math.max(1, image.clientWidth);

  /** What the marks on the map were drawn for: a move within it leaves them. */
  let drawn: { readonly unit: number; readonly bounds: Drawn } | null = null;
  const drawMarks = (): void => {
    if (!last) return;
    const unit = unitPx();
    const [x, y, width, height] = viewBox(view, image.clientWidth, image.clientHeight);
    drawn = { unit, bounds: [x - width, -y - 2 * height, x + 2 * width, -y + height] };
    marks.replaceChildren(...plainMarks(last, unit, drawn.bounds));
  };
  const isDrawn = ([x, y, width, height]: readonly [number, number, number, number]): boolean => {
    if (!drawn || drawn.unit !== unitPx()) return false;
    const [west, south, east, north] = drawn.bounds;
    return x >= west && x + width <= east && -y <= north && -y - height >= south;
  };
  const draw = (): void => {
    const box = viewBox(view, image.clientWidth, image.clientHeight);
    image.setAttribute('viewBox', box.join(' '));
    const lines = gridFor([box[0], -(box[1] + box[3]), box[0] + box[2], -box[1]]);
    const paths = [...lines.meridians.map((x) => `M${x} -90V90`), ...lines.parallels.map((y) => `M-540 ${-y}H540`)];
    grid.setAttribute('d', paths.join(''));
    degrees.replaceChildren(...gridLabels(lines, box, unitPx()));
    const zoom = Math.log2(360 / 512 / unitPx());
    events.onScale(unitPx() * degreeM * Math.cos((view.lat * Math.PI) / 180));
    events.onBase(baseSupports(zoom + 1, view.lon, view.lat, []));
    if (!isDrawn(box)) drawMarks();
  };
  const move = (next: PlainView): void => {
    view = { ...next, width: Math.min(360, Math.max(0.0005, next.width)), lat: Math.min(85, Math.max(-85, next.lat)) };
    isPlaced = true;
    draw();
  };
  /** Into the middle of what is not covered, px. */
  const moveBeside = (next: PlainView, coveredPx: number): void =>
    move({ ...next, lon: next.lon + (coveredPx / 2) * (next.width / Math.max(1, image.clientWidth)) });
  const fitAll = (): void => {
    const spots = last ? openSpots(last.board) : [];
    const first = spots[0];
    if (!first) {
      move(widestView);
      return;
    }
    const [lons, lats] = [spots.map((spot) => spot.lon), spots.map((spot) => spot.lat)];
    const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
    move({
      lon: (west + east) / 2,
      lat: (south + north) / 2,
      width: Math.max(24, (east - west) * 1.5, (north - south) * 3),
    });
  };
  const offInput = holdPlain(image, {
    read: () => view,
    move,
    tap: (target) => {
      const id = target.closest('[data-alert]')?.getAttribute('data-alert');
      if (id) events.onPick(id);
    },
  });
  const observer = new ResizeObserver(draw);
  observer.observe(image);

  return {
    update: (model) => {
      const before = last;
      last = model;
      const isSame =
        before?.board === model.board && before.selected === model.selected && before.device === model.device;
      if (isSame && before?.tracks === model.tracks && before.opened === model.opened) return;
      drawn = null;
      if (!isPlaced && openSpots(model.board).length > 0) fitAll();
      else drawMarks();
    },
    show: ({ lat, lon, ceM }: Spot, coveredPx) => moveBeside({ lat, lon, width: (ceM / degreeM) * 12 }, coveredPx),
    reveal: ({ lat, lon }, coveredPx) => moveBeside({ lat, lon, width: Math.min(view.width, 40) }, coveredPx),
    fitAll,
    zoomBy: (steps) => move({ ...view, width: view.width / 2 ** steps }),
    translate: () => {
      image.setAttribute('aria-label', say('map.label'));
      drawn = null;
      draw();
    },
    close: () => {
      offInput();
      observer.disconnect();
      image.remove();
    },
  };
}
