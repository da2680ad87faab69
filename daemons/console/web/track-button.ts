/** Where the drone of a dock flew: fetched when somebody asks, and drawn on the map. */
import type { FlightPlace } from '../../core/values/flight.ts';
import { el } from './dom.ts';
import type { Actions } from './model.ts';
import { say } from './text.ts';

interface Answer {
  readonly ways: readonly (readonly FlightPlace[])[];
  readonly logs: readonly string[];
}

/** Of a degree of latitude. */
const degreeM = 111_195;

export function trackButton(device: string, actions: Actions): HTMLElement {
  const note = el('span', { class: 'note', attrs: { role: 'status' } });
  const show = async (): Promise<void> => {
    const answer = await fetch(`/api/devices/${encodeURIComponent(device)}/track`).catch(() => null);
    const { ways, logs } = answer?.ok ? ((await answer.json()) as Answer) : { ways: [], logs: [] };
    const all = ways.flat();
    const [first] = all;
    actions.setFlown(device, ways);
    if (!first) return note.replaceChildren(say('flight.noTrack'));
    const [lats, lons] = [all.map(({ lat }) => lat), all.map(({ lon }) => lon)];
    const [south, north, west, east] = [Math.min(...lats), Math.max(...lats), Math.min(...lons), Math.max(...lons)];
    const [lat, lon] = [(south + north) / 2, (west + east) / 2];
    const [high, wide] = [north - south, (east - west) * Math.cos((lat * Math.PI) / 180)];
    note.replaceChildren(
      say('flight.places', { n: all.length }),
      logs.length > 0 ? ` ${say('flight.replayed', { logs: logs.join(', ') })}` : '',
    );
    actions.showOnMap({ lat, lon, ceM: Math.max(20, (Math.max(high, wide) / 2) * degreeM) });
  };
  const button = el(
    'button',
    { class: 'button', attrs: { type: 'button' }, on: { click: () => void show() } },
    say('flight.track'),
  );
  return el('p', { class: 'track-button' }, button, ' ', note);
}
