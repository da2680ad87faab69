import type { Quaternion } from '../values/pose.ts';

/**
 * What one message of a vehicle says, in our units and frames. `bootMs` is the vehicle's own clock; null: it tells none.
 * `unvouched`: it states no uncertainty at all, and never will.
 */
export type Observation =
  | {
      readonly kind: 'position';
      readonly bootMs: number | null;
      readonly lat: number;
      readonly lon: number;
      readonly altM: number | null;
      readonly aboveHomeM: number | null;
      readonly velocity: { readonly north: number; readonly east: number; readonly up: number } | null;
      /** Null: as the receiver last said. */
      readonly u: { readonly horizontalM: number; readonly verticalM: number } | null;
      readonly unvouched?: true | undefined;
    }
  | {
      readonly kind: 'gnss';
      readonly has3d: boolean;
      readonly u: { readonly horizontalM: number; readonly verticalM: number } | null;
    }
  | { readonly kind: 'attitude'; readonly bootMs: number | null; readonly q: Quaternion; readonly unvouched?: true }
  | {
      readonly kind: 'gimbal';
      readonly bootMs: number | null;
      readonly q: Quaternion;
      readonly yawFrom: 'north' | 'vehicle';
      readonly uDeg: number;
      readonly unvouched?: true | undefined;
    }
  | { readonly kind: 'air'; readonly north: number; readonly east: number; readonly u: number }
  | { readonly kind: 'time'; readonly bootMs: number; readonly wallMs: number }
  | { readonly kind: 'heading'; readonly deg: number }
  /** The message is whole, and what it says cannot be. */
  | { readonly kind: 'nonsense'; readonly of: 'position' | 'attitude' | 'gimbal' | 'wind'; readonly why: string };
