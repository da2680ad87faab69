import { addProtocol, type GeoJSONSource, Map as GlMap, LngLatBounds, setWorkerUrl } from 'maplibre-gl';
import { Protocol } from 'pmtiles';
import { fromHead } from '../dom.ts';
import type { Model } from '../model.ts';
import { shownAlerts } from '../model.ts';
import { say } from '../text.ts';
import { baseSupports, outlineMaxZoom, type RegionMap } from './base.ts';
import { openBringer, type Told } from './gl-changes.ts';
import { alertFeatures, collect, deviceFeatures, gridFeatures, type Look, shapeFeatures } from './gl-data.ts';
import { addIcons } from './gl-icons.ts';
import { pickWith } from './gl-pick.ts';
import { type MovingData, mapStyle, noFeatures } from './gl-style.ts';
import { onPalette, readPalette } from './palette.ts';
import { gatherPlaces, openSpots, type Place } from './places.ts';
import { type Drawn, gridAround } from './shape.ts';
import type { MapDrawing, MapEvents } from './view.ts';
import { loadWorld } from './world.ts';

/** Metres a pixel at zoom 0 on the equator, with tiles of 512 pixels. */
const widestMetresPerPx = 78_271.517;
/** What a circle's radius is drawn as when somebody asks to see it. */
const circlePx = 90;
/** The list goes first: without a graphics card the map takes longer than all the rest. */
const leastMs = 50;
/** Nearer to the edge of the view a mark is cut, or under a button. */
const edgePx = 48;
/** The middle of what is not covered. */
const beside = (coveredPx: number) => ({ offset: [-coveredPx / 2, 0] as [number, number] });
const metresPerPx = (zoom: number, lat: number): number =>
  (widestMetresPerPx * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom;

/** A map by MapLibre (WebGL). Resolves when it has drawn its first style; rejects when it cannot. */
export async function glMap(
  container: HTMLElement,
  events: MapEvents,
  maps: readonly RegionMap[],
): Promise<MapDrawing> {
  setWorkerUrl(fromHead('map-worker'));
  const protocol = new Protocol();
  addProtocol('pmtiles', async (request, abort) => {
    const { data } = await protocol.tilev4(request, abort);
    return { data: data as ArrayBuffer };
  });
  const world = await loadWorld(fromHead('world-fine'));
  let data: MovingData = {
    grid: noFeatures,
    shapes: noFeatures,
    devices: noFeatures,
    alerts: noFeatures,
  };
  const style = () => mapStyle(world, maps, readPalette(), data);

  const map = new GlMap({
    container,
    style: style(),
    center: [20, 30],
    zoom: 1.2,
    maxZoom: 18,
    attributionControl: false,
    trackResize: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    // Without any fade MapLibre places every mark anew in every frame, in one go; a short one lets it do so a little at a time.
    fadeDuration: 50,
    locale: { 'Map.Title': say('map.label') },
  });
  // MapLibre's own observer passes over its first call, and with it a container that changed while the style was loading.
  const resized = new ResizeObserver(() => map.resize());
  resized.observe(container);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  await new Promise((resolve) => map.once('style.load', resolve));
  addIcons(map, readPalette());

  const put = (name: keyof MovingData): void => {
    map.getSource<GeoJSONSource>(name)?.setData(data[name]);
  };
  let last: Model | null = null;
  let places: readonly Place[] = [];
  let drawnGrid: Drawn | null = null;
  const alerts = openBringer(() => map.getSource<GeoJSONSource>('alerts'));
  const devices = openBringer(() => map.getSource<GeoJSONSource>('devices'));

  const looked = (): Look => {
    const view = map.getBounds();
    const bounds = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()] as const;
    return { bounds, metresPerPx: metresPerPx(map.getZoom(), map.getCenter().lat) };
  };
  const putShapes = (): void => {
    if (!last) return;
    const shapes = collect(shapeFeatures(last, places, looked()));
    const before = data.shapes;
    data = { ...data, shapes };
    // From afar there are none, before and after: nothing crosses to the map's own thread then.
    if (before.features.length > 0 || shapes.features.length > 0) put('shapes');
  };
  const putMarks = (model: Model): void => {
    places = gatherPlaces(shownAlerts(model), model.selected, model.nowMs);
    alerts.bring(alertFeatures(model, places));
    devices.bring(deviceFeatures(model));
  };
  const look = (): void => {
    const { lng, lat } = map.getCenter();
    const { bounds, metresPerPx: scale } = looked();
    events.onScale(scale);
    events.onBase(baseSupports(map.getZoom(), lng, lat, maps));
    const next = gridAround(drawnGrid, bounds);
    if (next) {
      drawnGrid = next;
      data = { ...data, grid: gridFeatures(next) };
      put('grid');
    }
    putShapes();
  };
  map.on('move', () => events.onScale(metresPerPx(map.getZoom(), map.getCenter().lat)));
  map.on('moveend', look);
  map.on('resize', look);
  map.on('webglcontextlost', () => events.onFailure('WebGL context lost'));
  look();
  pickWith(map, events);
  const drawAnew = (): void => {
    const features = (told: Told) => collect([...told.values()]);
    data = { ...data, alerts: features(alerts.told), devices: features(devices.told) };
    alerts.settle();
    devices.settle();
    map.setStyle(style(), { diff: true });
    addIcons(map, readPalette());
  };
  const offPalette = onPalette(drawAnew);

  let isPlaced = false;
  const fitAll = (animate = true): void => {
    const spots = last ? openSpots(last.board) : [];
    if (spots.length === 0) return void map.easeTo({ center: [20, 30], zoom: 1.2, animate });
    const bounds = new LngLatBounds();
    for (const { lon, lat } of spots) bounds.extend([lon, lat]);
    map.fitBounds(bounds, { padding: 80, maxZoom: outlineMaxZoom - 1, animate });
  };
  map.on('dragstart', () => {
    isPlaced = true;
  });

  let drawnMs = 0;
  let timer = 0;
  /** A storm of alerts is drawn a few times a second: each drawing looks through all of them. */
  const drawSoon = (): void => {
    if (timer !== 0) return;
    const draw = (): void => {
      timer = 0;
      drawnMs = performance.now();
      if (!last) return;
      putMarks(last);
      putShapes();
    };
    const restMs = Math.min(500, (last?.board.alerts.size ?? 0) / 10) - (performance.now() - drawnMs);
    timer = window.setTimeout(draw, Math.max(leastMs, restMs));
  };

  return {
    update: (model) => {
      const before = last;
      const isSame =
        before?.board === model.board && before.selected === model.selected && before.device === model.device;
      if (isSame && before?.tracks === model.tracks) return;
      last = model;
      if (!isSame) drawSoon();
      else putShapes();
      if (isPlaced || openSpots(model.board).length === 0) return;
      isPlaced = true;
      // At once: the page makes room for its banner now, and a moving camera aims at the middle of what the map was.
      fitAll(false);
    },
    show: ({ lat, lon, ceM }, coveredPx) => {
      isPlaced = true;
      map.resize();
      const zoom = Math.log2(metresPerPx(0, lat) / (ceM / circlePx));
      map.flyTo({ center: [lon, lat], zoom: Math.min(17.5, Math.max(2, zoom)), ...beside(coveredPx), duration: 900 });
    },
    reveal: ({ lat, lon }, coveredPx) => {
      isPlaced = true;
      map.resize();
      const { x, y } = map.project([lon, lat]);
      const { clientWidth, clientHeight } = container;
      const isInside = x > edgePx && y > edgePx && x < clientWidth - coveredPx - edgePx && y < clientHeight - edgePx;
      if (!isInside || map.getZoom() < 2.5)
        map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 4.5), ...beside(coveredPx), duration: 500 });
    },
    fitAll: () => fitAll(),
    zoomBy: (steps) => void map.easeTo({ zoom: map.getZoom() + steps, duration: 250 }),
    translate: () => {
      map.getCanvas().setAttribute('aria-label', say('map.label'));
      if (last) putMarks(last);
      drawnGrid = null;
      look();
      drawAnew();
    },
    close: () => {
      offPalette();
      resized.disconnect();
      map.remove();
    },
  };
}
