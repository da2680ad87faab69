/**
 * Measurements into rows: means over `rowS` seconds of the monotonic clock, by when the air was at the inlet, with the wind of
 * that time. A row is closed `lateS` after its end, whatever comes later; what comes out depends on the order of the
 * measurements alone, so that a replay makes the same rows.
 */
import { ln } from '../../core/exact/math.ts';
import { isBlind } from '../../core/values/flags.ts';
import { inletNs, type Measurement } from '../../core/values/measurement.ts';
import { travel } from '../plume/response.ts';
import type { RowWind } from '../plume/row.ts';
import { limits } from '../plume/support.ts';
import { bearingOf } from '../plume/wind.ts';
import { feedSensor, placeOf } from './feed-channels.ts';

/** Longest time that a measurement may come late and still be in its row, s. */
export const lateS = 10;

/** Sums over the samples of one anemometer: speed, speed-weighted and plain direction of travel. */
type WindSum = [
  samples: number,
  speed: number,
  east: number,
  north: number,
  directions: number,
  ue: number,
  un: number,
];
type MeanSum = [samples: number, sum: number, unit: string];
/** Samples, and sums of latitude, longitude, height and its samples; the smallest and largest of both, for how far it moved. */
type PlaceSum = [n: number, lat: number, lon: number, heights: number, height: number, ...box: number[]];

interface OpenRow {
  readonly k: number;
  readonly winds: Record<string, WindSum>;
  /** By `sensor/quantity`. */
  readonly means: Record<string, MeanSum>;
  place: PlaceSum | null;
}

/** One closed row; `k` counts `rowS` from the monotonic clock's zero. */
export interface GatheredRow {
  readonly k: number;
  /** Null: nobody told the wind. */
  readonly wind: RowWind | null;
  /** Which instrument the wind is of, as `sensor/wind-from`. */
  readonly windOf: string | null;
  /** The wind had no one direction within the row. */
  readonly turns: boolean;
  /** Where it was measured from, where the feed tells it. */
  readonly place: { readonly lat: number; readonly lon: number; readonly aboveM: number | null } | null;
  /** By `sensor/quantity`: the mean, and the unit of the measurement. */
  readonly values: Readonly<Record<string, readonly [number, string]>>;
}

export interface GatherState {
  boot: string | null;
  /** The latest moment of a measurement, ns. */
  newestNs: number;
  open: OpenRow[];
  /** The speed that waits for its direction, and the corner that waits for its metres. */
  speed: { sensor: string; ns: number; value: number } | null;
  corner: { ns: number; lat?: number; lon?: number; above?: number; north?: number } | null;
  rows: GatheredRow[];
}

export const freshGather = (): GatherState => ({
  boot: null,
  newestNs: 0,
  open: [],
  speed: null,
  corner: null,
  rows: [],
});

export interface GatherOptions {
  readonly rowS: number;
  readonly cellM: number;
  /** Quantities that are looked at. */
  readonly quantities: ReadonlySet<string>;
}

/** Takes one measurement of the boot that the state is of, in place. Every one tells that time went on. */
export function gather(state: GatherState, one: Measurement, options: GatherOptions): void {
  const { quantity, value, flags, at } = one;
  if (at.monoNs > state.newestNs) state.newestNs = at.monoNs;
  if (state.open.length > 0) closeRows(state, at.monoNs, options);
  const isWind = quantity === 'wind-speed' || quantity === 'wind-from';
  const isPlace = one.sensor === feedSensor && quantity.startsWith('pos-');
  if (!isWind && !isPlace && !options.quantities.has(quantity)) return;
  if (flags.includes('inhibited') || isBlind(flags)) return;
  const row = rowAt(state, Math.floor(inletNs(one) / (options.rowS * 1e9)), one, options);
  if (!row) return;
  if (isWind) addWind(state, row, one);
  else if (isPlace) addPlace(state, row, one);
  else if (value !== null) {
    const stream = `${one.sensor}/${quantity}`;
    const [n, sum] = row.means[stream] ?? [0, 0];
    row.means[stream] = [n + 1, sum + value, one.unit];
  }
}

/** The open row `k`; null where it was closed before. */
function rowAt(state: GatherState, k: number, { at }: Measurement, { rowS }: GatherOptions): OpenRow | null {
  const known = state.open.find((row) => row.k === k);
  if (known) return known;
  if (isOver(k, at.monoNs, rowS)) return null;
  const row: OpenRow = { k, winds: {}, means: {}, place: null };
  state.open.push(row);
  return row;
}

/** Whether row `k` is closed at that moment. */
export const isOver = (k: number, monoNs: number, rowS: number): boolean => ((k + 1) * rowS + lateS) * 1e9 <= monoNs;

/** Closes the rows that are over at that moment, in place. */
export function closeRows(state: GatherState, monoNs: number, options: GatherOptions): void {
  if (!state.open.some(({ k }) => isOver(k, monoNs, options.rowS))) return;
  const over = state.open.filter(({ k }) => isOver(k, monoNs, options.rowS)).sort((a, b) => a.k - b.k);
  state.open = state.open.filter(({ k }) => !isOver(k, monoNs, options.rowS));
  for (const row of over) state.rows.push(closed(row, options));
}

/** A calm leaves the direction out: then the speed alone counts. */
function addWind(state: GatherState, row: OpenRow, { sensor, quantity, value, at }: Measurement): void {
  if (quantity === 'wind-speed') {
    state.speed = value === null ? null : { sensor, ns: at.monoNs, value };
    return;
  }
  const { speed } = state;
  if (speed?.sensor !== sensor || speed.ns !== at.monoNs) return;
  state.speed = null;
  const sum = row.winds[sensor] ?? [0, 0, 0, 0, 0, 0, 0];
  row.winds[sensor] = sum;
  sum[0] += 1;
  sum[1] += speed.value;
  if (value === null) return;
  const [east, north] = travel(value);
  sum[2] += speed.value * east;
  sum[3] += speed.value * north;
  sum[4] += 1;
  sum[5] += east;
  sum[6] += north;
}

function addPlace(state: GatherState, row: OpenRow, { quantity, value, at }: Measurement): void {
  if (value === null) return;
  if (state.corner?.ns !== at.monoNs) state.corner = { ns: at.monoNs };
  const { corner } = state;
  if (quantity === 'pos-lat') corner.lat = value;
  if (quantity === 'pos-lon') corner.lon = value;
  if (quantity === 'pos-above') corner.above = value;
  if (quantity === 'pos-north') corner.north = value;
  if (quantity !== 'pos-east' || corner.lat === undefined || corner.lon === undefined) return;
  const { lat, lon } = placeOf({ lat: corner.lat, lon: corner.lon }, corner.north ?? 0, value);
  const sum = row.place ?? [0, 0, 0, 0, 0, lat, lat, lon, lon];
  row.place = sum;
  sum[0] += 1;
  sum[1] += lat;
  sum[2] += lon;
  if (corner.above !== undefined) {
    sum[3] += 1;
    sum[4] += corner.above;
  }
  const [, , , , , south = lat, north = lat, west = lon, east = lon] = sum;
  sum.splice(5, 4, Math.min(south, lat), Math.max(north, lat), Math.min(west, lon), Math.max(east, lon));
}

/** Rows are kept and sent: what telemetry holds of them is no finer. */
const short = (value: number): number => Number(value.toPrecision(6));

function closed({ k, winds, means, place }: OpenRow, { cellM }: GatherOptions): GatheredRow {
  // An anemometer of one's own goes before what a drone's autopilot estimates.
  const sensors = Object.keys(winds).sort((a, b) => Number(a === feedSensor) - Number(b === feedSensor));
  const [sensor] = sensors;
  const wind = sensor === undefined ? null : windOf(winds[sensor] as WindSum, sensor === feedSensor);
  const moved = place !== null && movedM(place) > 2 * cellM;
  return {
    k,
    wind: wind && { ...wind.wind, fromDeg: short(wind.wind.fromDeg) % 360 },
    windOf: sensor === undefined ? null : `${sensor}/wind-from`,
    turns: wind?.turns ?? false,
    place: place && meanOf(place),
    // Means along a way are no look from a place.
    values: moved
      ? {}
      : Object.fromEntries(Object.entries(means).map(([stream, [n, sum, unit]]) => [stream, [short(sum / n), unit]])),
  };
}

const metresPerDegree = 111_195;
const movedM = ([, , , , , south = 0, north = 0, west = 0, east = 0]: PlaceSum): number =>
  Math.max(north - south, east - west) * metresPerDegree;

const meanOf = ([n, lat, lon, heights, height]: PlaceSum): GatheredRow['place'] => ({
  lat: Number((lat / n).toFixed(7)),
  lon: Number((lon / n).toFixed(7)),
  aboveM: heights === 0 ? null : short(height / heights),
});

/** Of a wind that was averaged before it was told the spread is lost: then the usual one of open country. */
const usualTan = 0.25;
/** An anemometer's steps of a degree are no spread. */
const leastTan = 0.05;
/** Of the vertical spread to the horizontal one near the ground: 1.25 to 1.9-2.4 friction velocities (Panofsky and Dutton 1984; recalled). */
const upright = 0.6;
/** Standard deviation of the direction within a row beyond which it has none, rad (60 degrees). */
const turnsRad = 1.05;

function windOf(
  [samples, speed, east, north, directions, ue, un]: WindSum,
  averaged: boolean,
): { readonly wind: RowWind; readonly turns: boolean } {
  const speedMs = short(speed / samples);
  const length = directions === 0 ? 0 : Math.min(1, Math.sqrt(ue * ue + un * un) / directions);
  const spread = length <= 0 ? Number.POSITIVE_INFINITY : Math.sqrt(Math.max(0, -2 * ln(length)));
  const isCalm = speedMs < limits.calmMs || directions === 0;
  const tan = averaged ? usualTan : Math.max(leastTan, spread + (spread * spread * spread) / 3);
  const tanH = isCalm || spread > turnsRad ? usualTan : short(tan);
  return {
    wind: {
      speedMs: directions === 0 ? Math.min(speedMs, limits.calmMs / 2) : speedMs,
      fromDeg: bearingOf(-east, -north),
      tanH,
      tanV: short(upright * tanH),
    },
    turns: !isCalm && spread > turnsRad,
  };
}
