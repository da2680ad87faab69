import type { Model } from '../model.ts';

export interface Spot {
  readonly lat: number;
  readonly lon: number;
  readonly ceM: number;
}

/** A map that can be drawn on: MapLibre's, or the plain one where there is no WebGL. */
export interface MapDrawing {
  update(model: Model): void;
  /** Goes there, close enough that the circle of `ceM` can be seen. `coveredPx`: on its right, by a panel that lies over it. */
  show(spot: Spot, coveredPx: number): void;
  /** Brings a place into view without changing the scale more than it must. */
  reveal(spot: Spot, coveredPx: number): void;
  fitAll(): void;
  zoomBy(steps: number): void;
  /** Draws its words anew, in the language that is spoken now. */
  translate(): void;
  close(): void;
}

export interface MapEvents {
  onPick(alertId: string): void;
  /** A box by its `deviceKey`. */
  onDevice(key: string): void;
  /** Whether the base is good enough for what is in view. */
  onBase(isSupported: boolean): void;
  /** Metres a pixel, in the middle of the view. */
  onScale(metresPerPx: number): void;
  onFailure(reason: string): void;
}
