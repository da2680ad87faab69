const powers: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const inverses: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e-${i}`));
const powerOfTen = (e: number): number | undefined => (e < 0 ? inverses[-e] : powers[e]);

/** Decimal places of the first digit. The logarithm's last bit is the machine's own, so it is held against the powers. */
function magnitude(size: number): number {
  const guess = Math.floor(Math.log10(size));
  if (size >= (powerOfTen(guess + 1) ?? Number.POSITIVE_INFINITY)) return guess + 1;
  return size < (powerOfTen(guess) ?? 0) ? guess - 1 : guess;
}

/**
 * `value` with `digits` significant digits. Multiplies by exact powers of ten in place of printing and parsing, which
 * costs a tenth; beyond 10^22 the powers are not exact and it prints.
 */
export function trim(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const places = digits - 1 - magnitude(Math.abs(value));
  const power = powers[places < 0 ? -places : places];
  if (power === undefined) {
    const printed = Number(value.toPrecision(digits));
    // The largest doubles would round up to infinity.
    return Number.isFinite(printed) ? printed : value;
  }
  return places < 0 ? Math.round(value / power) * power : Math.round(value * power) / power;
}
