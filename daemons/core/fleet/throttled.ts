/** Bits of get_throttled (Raspberry Pi documentation, vcgencmd); the same 16 higher say that it was so since the boot. */
export const throttledBits: readonly (readonly [number, string])[] = [
  [0, 'under-voltage'],
  [1, 'frequency capped'],
  [2, 'throttled'],
  [3, 'soft temperature limit'],
  [16, 'under-voltage since the boot'],
  [17, 'frequency capped since the boot'],
  [18, 'throttled since the boot'],
  [19, 'soft temperature limit since the boot'],
];

/** Words for a hexadecimal text of the firmware; null for another text. */
export function throttledIn(text: string): readonly string[] | null {
  const found = /^(?:0x)?([0-9a-f]{1,8})\s*$/i.exec(text);
  if (!found) return null;
  const value = Number.parseInt(found[1] ?? '0', 16);
  return throttledBits.filter(([bit]) => (value >>> bit) & 1).map(([, words]) => words);
}
