import { el } from '../dom.ts';

/** The colours of the map: the style sheet's own, so that the theme is decided in one place. */
const names = {
  water: '--map-water',
  land: '--map-land',
  coast: '--map-coast',
  border: '--map-border',
  grid: '--map-grid',
  name: '--map-name',
  halo: '--surface',
  ink: '--ink',
  green: '--map-green',
  road: '--map-road',
  building: '--map-building',
  critical: '--critical',
  warning: '--warning',
  info: '--info',
  criticalInk: '--critical-ink',
  warningInk: '--warning-ink',
  infoInk: '--info-ink',
  accent: '--accent',
} as const;

export type Palette = Readonly<Record<keyof typeof names, string>> & {
  readonly isNight: boolean;
  /** How much larger letters and marks are than at a desk: a wall is looked at from across the room. */
  readonly scale: number;
};

/** Size of letters on a desk, in px. */
const usualPx = 16;

const system = matchMedia('(prefers-color-scheme: dark)');

export function readPalette(): Palette {
  // A variable's own value is `light-dark(...)`, which a canvas cannot read: a colour of an element is resolved.
  const probe = el('span', { attrs: { hidden: true } });
  document.body.append(probe);
  const colors = Object.entries(names).map(([name, variable]) => {
    probe.style.color = `var(${variable})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  const worn = document.documentElement.dataset.theme;
  const isNight = worn === undefined ? system.matches : worn === 'night';
  const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / usualPx || 1;
  return { ...Object.fromEntries(colors), isNight, scale } as Palette;
}

/** Calls `listener` when the page changes between light and night, by its switch or with the system. */
export function onPalette(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  system.addEventListener('change', listener);
  return () => {
    observer.disconnect();
    system.removeEventListener('change', listener);
  };
}
