/** Whether a model may look from where the camera is: what it was made for is on its card. */

export interface GroundClaim {
  readonly gsdCm: readonly [number, number];
  readonly heightM: readonly [number, number];
}

/** null: not known. */
export interface Vantage {
  readonly heightM: number | null;
  readonly gsdCm: number | null;
}

export interface Gate {
  readonly look: boolean;
  /** For the reader: why not, or what is not known; null when all is well. */
  readonly why: string | null;
}

/** What is not known does not close the gate, but is told: a sighting without a height has no place on the ground anyway. */
export function gateOf(ground: GroundClaim | null, { heightM, gsdCm }: Vantage): Gate {
  if (!ground) return { look: true, why: null };
  const outside = (value: number | null, [low, high]: readonly [number, number]): boolean =>
    value !== null && !(value >= low && value <= high);
  if (outside(heightM, ground.heightM))
    return { look: false, why: `height is ${heightM} m; the model was made for ${ground.heightM.join(' to ')} m` };
  if (outside(gsdCm, ground.gsdCm))
    return { look: false, why: `a pixel is ${gsdCm} cm; the model was made for ${ground.gsdCm.join(' to ')} cm` };
  const unknown = [heightM === null ? 'height' : '', gsdCm === null ? 'ground sample distance' : ''].filter(Boolean);
  return { look: true, why: unknown.length === 0 ? null : `${unknown.join(' and ')} not known` };
}
