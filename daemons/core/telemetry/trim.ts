const powers: readonly number[] = Array.from({ length: 23 }, (_, i) => 10 ** i);

/**
 * `value` with `digits` significant digits. Multiplies by exact powers of ten in place of printing and parsing, which
 * costs a tenth; beyond 10^22 the powers are not exact and it prints.
 */
export function trim(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const places = digits - 1 - Math.floor(Math.log10(Math.abs(value)));
  const power = powers[places < 0 ? -places : places];
  if (power === undefined) {
    const printed = Number(value.toPrecision(digits));
    // The largest doubles would round up to infinity.
    return Number.isFinite(printed) ? printed : value;
  }
  return places < 0 ? Math.round(value / power) * power : Math.round(value * power) / power;
}
