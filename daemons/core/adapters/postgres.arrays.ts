/**
 * Arrays as PostgreSQL's binary parameters (array_recv in the server's arrayfuncs.c): as text a JSON string would be escaped here and
 * unescaped there, which costs more than storing it.
 */
const [oidText, oidInt8, oidFloat8, oidBytea] = [25, 20, 701, 17];
const headBytes = 20;

interface Shape<T> {
  readonly oid: number;
  size(value: T): number;
  write(into: Buffer, value: T, at: number): void;
}

function encode<T>(values: readonly T[], { oid, size, write }: Shape<T>): Buffer {
  const sizes = values.map(size);
  const into = Buffer.allocUnsafe(sizes.reduce((sum, one) => sum + 4 + one, headBytes));
  // One dimension, no nulls, and its lower bound is 1.
  for (const [i, word] of [1, 0, oid, values.length, 1].entries()) into.writeInt32BE(word, 4 * i);
  let at = headBytes;
  for (const [i, value] of values.entries()) {
    const length = sizes[i] ?? 0;
    into.writeInt32BE(length, at);
    write(into, value, at + 4);
    at += 4 + length;
  }
  return into;
}

const text: Shape<string> = {
  oid: oidText,
  size: (value) => Buffer.byteLength(value),
  write: (into, value, at) => void into.write(value, at),
};
const int8: Shape<number> = {
  oid: oidInt8,
  size: () => 8,
  write: (into, value, at) => void into.writeBigInt64BE(BigInt(value), at),
};
const float8: Shape<number> = {
  oid: oidFloat8,
  size: () => 8,
  write: (into, value, at) => void into.writeDoubleBE(value, at),
};
const bytea: Shape<Buffer> = {
  oid: oidBytea,
  size: (value) => value.length,
  write: (into, value, at) => void value.copy(into, at),
};

/** PostgreSQL's text cannot hold U+0000, which JSON can name: it becomes U+FFFD. */
export const storable = (value: string): string => (value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value);

/** Each for a parameter of that type: `$1::text[]`, `$1::bigint[]` (whole numbers), `$1::float8[]`, `$1::bytea[]`. */
export const texts = (values: readonly string[]): Buffer => encode(values.map(storable), text);
export const bigints = (values: readonly number[]): Buffer => encode(values, int8);
export const doubles = (values: readonly number[]): Buffer => encode(values, float8);
export const blobs = (values: readonly Buffer[]): Buffer => encode(values, bytea);
