import { metresTo } from '../../core/geo/local.ts';
import type { Own } from './place.ts';

/** Nearer than this it is the same place: the page is not drawn anew for the noise of a receiver. */
const sameM = 15;

/** Follows where the phone is, while somebody looks: a receiver that runs in a pocket empties the battery. */
export function openLocating(onOwn: (own: Own) => void, onRefused: () => void) {
  let watch: number | null = null;
  let isOn = false;
  let last: Own | null = null;
  const start = (): void => {
    if (watch !== null || !isOn || document.hidden) return;
    watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        const own = { lat: coords.latitude, lon: coords.longitude, ceM: coords.accuracy, atMs: timestamp };
        if (last && Math.hypot(...metresTo(last, own)) < sameM) return;
        last = own;
        onOwn(own);
      },
      ({ code, PERMISSION_DENIED }) => code === PERMISSION_DENIED && onRefused(),
      { enableHighAccuracy: true, maximumAge: 30_000, timeout: 60_000 },
    );
  };
  const stop = (): void => {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    watch = null;
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? stop() : start()));
  return {
    set: (next: boolean): void => {
      isOn = next && 'geolocation' in navigator;
      if (isOn) start();
      else stop();
    },
  };
}
