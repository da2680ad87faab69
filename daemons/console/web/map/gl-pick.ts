/** What is under the pointer: a click opens it. */
import type { GeoJSONSource, Map as GlMap, MapGeoJSONFeature, Point } from 'maplibre-gl';
import type { MapEvents } from './view.ts';

const layers = ['alerts', 'devices'];
/** A finger is not a needle, in px. */
const nearPx = 4;

export function pickWith(map: GlMap, events: MapEvents): void {
  const orderOf = (one: MapGeoJSONFeature): number => Number(one.properties.order ?? -1);
  map.on('click', ({ point: { x, y } }) => {
    const hits = map.queryRenderedFeatures(
      [
        [x - nearPx, y - nearPx],
        [x + nearPx, y + nearPx],
      ],
      { layers },
    );
    const [top] = hits.sort((a, b) => orderOf(b) - orderOf(a));
    const id: unknown = top?.properties.id;
    if (top?.properties.cluster_id !== undefined) void openCluster(map, top);
    else if (typeof id === 'string') events.onPick(id);
    else if (typeof top?.properties.key === 'string') events.onDevice(top.properties.key);
  });

  // Asked once a frame and never while the map moves: MapLibre's own events for layers ask six times with every move of the mouse.
  let at: Point | null = null;
  let isAsked = false;
  map.on('mousemove', ({ point }) => {
    at = point;
    if (isAsked || map.isMoving()) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      if (!at || map.isMoving()) return;
      map.getCanvas().style.cursor = map.queryRenderedFeatures(at, { layers }).length > 0 ? 'pointer' : '';
    });
  });
}

/** Goes so near that what was one mark is several. */
async function openCluster(map: GlMap, cluster: MapGeoJSONFeature): Promise<void> {
  if (cluster.geometry.type !== 'Point') return;
  const [lon = 0, lat = 0] = cluster.geometry.coordinates;
  const zoom = await map
    .getSource<GeoJSONSource>(cluster.source)
    ?.getClusterExpansionZoom(Number(cluster.properties.cluster_id));
  map.easeTo({ center: [lon, lat], zoom: zoom ?? map.getZoom() + 2, duration: 400 });
}
