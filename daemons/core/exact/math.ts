/**
 * exp, ln and ln(1 + x) out of nothing but IEEE 754 additions, multiplications and divisions, which every processor rounds
 * alike. `Math.exp` and `Math.log1p` are the C library's or the compiler's: in Node 24 they differ in the last bit between
 * x64 and arm64, and a decision must not. Within 2 units in the last place of the true value.
 */
/** ln 2 in two parts: the first ends in zeros, so that a multiple of it by an exponent is exact. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/** 1/2!, 1/3!, ... 1/14!: the tail of the series for |r| <= ln(2)/2 is below 1e-18. */
const inverseFactorials = Array.from({ length: 13 }, (_, i) => {
  let product = 1;
  for (let n = 2; n <= i + 2; n++) product *= n;
  return 1 / product;
});
/** 1/3, 1/5, ... 1/23: of the series of artanh for |s| <= 0.172. */
const inverseOdds = Array.from({ length: 11 }, (_, i) => 1 / (2 * i + 3));

const bits = new DataView(new ArrayBuffer(8));

/** 2^k for -1022 <= k <= 1023, exactly. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  const k = Math.round(x / (ln2High + ln2Low));
  const r = x - k * ln2High - k * ln2Low;
  let tail = 0;
  for (let i = inverseFactorials.length - 1; i >= 0; i--) tail = tail * r + (inverseFactorials[i] ?? 0);
  const value = 1 + (r + r * r * tail);
  const half = k >> 1;
  return value * powerOfTwo(half) * powerOfTwo(k - half);
}

export function ln(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  // Below the normal numbers the exponent field is 0: lifted by 2^54 first.
  const lifted = x < 2.2250738585072014e-308;
  bits.setFloat64(0, lifted ? x * 18014398509481984 : x);
  const high = bits.getUint32(0);
  let k = (high >>> 20) - 1023 - (lifted ? 54 : 0);
  bits.setUint32(0, (high & 0xfffff) | (1023 << 20));
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let tail = 0;
  for (let i = inverseOdds.length - 1; i >= 0; i--) tail = tail * z + (inverseOdds[i] ?? 0);
  return k * ln2High + (k * ln2Low + 2 * (s + s * z * tail));
}

/** ln(1 + x), exact to the last digits near 0 too: what 1 + x rounds away is put back as a ratio. */
export function ln1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return x;
  if (!Number.isFinite(sum)) return ln(sum);
  return ln(sum) * (x / (sum - 1));
}
