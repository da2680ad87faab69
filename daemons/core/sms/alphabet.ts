/** Texts of short messages as bits: the GSM 7-bit default alphabet with its extension table (3GPP TS 23.038, 6.2.1), and UCS-2. Pure. */

/** By code, 0 to 127; U+001B stands where the table is left for the extension. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const extension: Readonly<Record<string, number>> = {
  ...{ '\f': 0x0a, '^': 0x14, '{': 0x28, '}': 0x29, '\\': 0x2f, '[': 0x3c, '~': 0x3d, ']': 0x3e, '|': 0x40, '€': 0x65 },
};
const escapeCode = 0x1b;
const codes: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...[...basic].flatMap((one, code) => (one === '\u001b' ? [] : [[one, [code]] as const])),
  ...Object.entries(extension).map(([one, code]) => [one, [escapeCode, code]] as const),
]);

/** Septets of each character; null where one is not in the alphabet. */
export function septetsOf(text: string): readonly (readonly number[])[] | null {
  const all = [...text].map((one) => codes.get(one));
  return all.every((one) => one !== undefined) ? all : null;
}

/** Septets one behind another, low bits first, after `skip` bits that are left free (6.1.2.1). */
export function packed(septets: readonly number[], skip = 0): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((skip + septets.length * 7) / 8));
  septets.forEach((septet, i) => {
    const at = skip + i * 7;
    const [byte, shift] = [at >> 3, at & 7];
    bytes[byte] = (bytes[byte] ?? 0) | ((septet << shift) & 0xff);
    if (shift > 1) bytes[byte + 1] = (bytes[byte + 1] ?? 0) | (septet >> (8 - shift));
  });
  return bytes;
}

/** Big-endian, as it goes over the air; pairs of surrogates go through as phones take them. */
export const ucs2 = (text: string): Uint8Array =>
  Uint8Array.from([...Array(text.length).keys()].flatMap((i) => [text.charCodeAt(i) >> 8, text.charCodeAt(i) & 0xff]));
