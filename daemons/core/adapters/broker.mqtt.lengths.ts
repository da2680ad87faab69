/**
 * mqtt-packet keeps the two bytes of every packet length below 16,384 that it ever wrote, for as long as the process lives, and takes
 * them out of Node's pool: two bytes that are kept keep a block of 64 KiB. A box whose texts are of all lengths lost some
 * hundred MB so in the end. Here each gets memory of its own. Must be imported before anything that imports `mqtt`.
 */
// @ts-expect-error: inner files of mqtt-packet have no types.
import numbers from 'mqtt-packet/numbers.js';

const inner = numbers as { genBufVariableByteInt(length: number): Buffer };
const pooled = inner.genBufVariableByteInt;
inner.genBufVariableByteInt = (length) => {
  const bytes = pooled(length);
  // `alloc` never takes from the pool.
  const own = Buffer.alloc(bytes.length);
  bytes.copy(own);
  return own;
};
