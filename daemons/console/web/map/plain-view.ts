import type { FeatureCollection, Geometry, Position } from 'geojson';

/** Middle of the view and its width, all in degrees. */
export interface PlainView {
  readonly lon: number;
  readonly lat: number;
  readonly width: number;
}

export const widestView: PlainView = { lon: 10, lat: 20, width: 360 };

/** x, y, width and height in degrees; y grows to the south, as in SVG. */
export function viewBox(view: PlainView, widthPx: number, heightPx: number): [number, number, number, number] {
  const height = (view.width * Math.max(1, heightPx)) / Math.max(1, widthPx);
  return [view.lon - view.width / 2, -view.lat - height / 2, view.width, height];
}

const ringPath = (ring: readonly Position[]): string =>
  `M${ring.map(([lon = 0, lat = 0]) => `${lon.toFixed(2)} ${(-lat).toFixed(2)}`).join('L')}Z`;

export function outlinePath(land: FeatureCollection<Geometry>): string {
  return land.features
    .flatMap(({ geometry }) => {
      if (geometry.type === 'Polygon') return geometry.coordinates;
      return geometry.type === 'MultiPolygon' ? geometry.coordinates.flat() : [];
    })
    .map(ringPath)
    .join('');
}

export interface PlainHands {
  read(): PlainView;
  move(view: PlainView): void;
  /** A press and release in one place; `target` is what was under the press. */
  tap(target: Element): void;
}

/** Less than this is a tap by an unsteady hand. */
const dragPx = 4;

/** Pan by dragging or with the arrow keys, zoom with the wheel or + and -. Returns what takes the listeners off again. */
export function holdPlain(image: SVGSVGElement, { read, move, tap }: PlainHands): () => void {
  const off = new AbortController();
  const listen = { signal: off.signal };
  let from: { readonly event: PointerEvent; readonly view: PlainView; isDrag: boolean } | null = null;

  image.addEventListener(
    'pointerdown',
    (event) => {
      from = { event, view: read(), isDrag: false };
    },
    listen,
  );
  window.addEventListener(
    'pointermove',
    (event) => {
      if (!from) return;
      const [dx, dy] = [event.clientX - from.event.clientX, event.clientY - from.event.clientY];
      from.isDrag ||= Math.hypot(dx, dy) > dragPx;
      if (!from.isDrag) return;
      const unit = from.view.width / Math.max(1, image.clientWidth);
      move({ ...from.view, lon: from.view.lon - dx * unit, lat: from.view.lat + dy * unit });
    },
    listen,
  );
  window.addEventListener(
    'pointerup',
    () => {
      if (from && !from.isDrag && from.event.target instanceof Element) tap(from.event.target);
      from = null;
    },
    listen,
  );
  image.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const view = read();
      move({ ...view, width: view.width * 2 ** (event.deltaY / 300) });
    },
    { ...listen, passive: false },
  );
  image.addEventListener(
    'keydown',
    (event) => {
      const view = read();
      const step = view.width / 8;
      const moves: Readonly<Record<string, PlainView>> = {
        ArrowLeft: { ...view, lon: view.lon - step },
        ArrowRight: { ...view, lon: view.lon + step },
        ArrowUp: { ...view, lat: view.lat + step / 2 },
        ArrowDown: { ...view, lat: view.lat - step / 2 },
        '+': { ...view, width: view.width / 2 },
        '-': { ...view, width: view.width * 2 },
      };
      const next = moves[event.key];
      if (!next) return;
      event.preventDefault();
      move(next);
    },
    listen,
  );
  return () => off.abort();
}
