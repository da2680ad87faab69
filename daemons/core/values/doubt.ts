/**
 * What was found later of an instrument that an alert rests on: it was wrong, by how much, and since when nobody knows better. For
 * the reader of the alert; the whole record is in the event `check-failed` and on the box.
 */
export interface Doubt {
  readonly sensor: string;
  readonly quantity: string;
  /** Of the part that was found wrong. */
  readonly serial: string;
  readonly record: string;
  /** `adjustment`: what it found before it changed anything. */
  readonly kind: 'check' | 'adjustment';
  /** Unix ms. */
  readonly foundMs: number;
  readonly unit: string;
  /** Where it was too far off, in `unit`: gas that was applied, what was shown, and by how much that might have been off. */
  readonly off: readonly { readonly applied: number; readonly shown: number; readonly most: number }[];
  /** Present where its zero moved further than it may since `since`, the record that saw it before; in `unit`. */
  readonly shift?:
    | {
        readonly since: string;
        readonly before: number;
        readonly after: number;
        readonly most: number;
        readonly unit: string;
      }
    | undefined;
  /** The last good check, or the last adjustment, of the same part before it; null: none is on record. */
  readonly lastGood: { readonly record: string; readonly kind: 'check' | 'adjustment'; readonly atMs: number } | null;
}
