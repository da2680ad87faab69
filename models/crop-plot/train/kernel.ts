/**
 * One matrix product in WebAssembly, assembled here: C += A B in float32 with 128-bit vectors. Vectors of the fixed
 * (not the relaxed) kind round every product and every sum by themselves on every processor, and the order of the sums is
 * written down, so the same numbers in give the same bits out on x64 and arm64. It is several times faster than JavaScript.
 */

/** The part of the JavaScript API of WebAssembly that is used; Node's own types leave it to the browser's. */
const webAssembly = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
      compile(bytes: Uint8Array): Promise<object>;
      instantiate(module: object, imports: object): Promise<{ readonly exports: Readonly<Record<string, unknown>> }>;
    };
  }
).WebAssembly;

/** Addresses in bytes, strides in bytes. A is read as A[row * rows + k * ks]; B and C have their columns side by side. */
export type Gemm = (
  ...of: [
    a: number,
    rows: number,
    ks: number,
    b: number,
    bRows: number,
    c: number,
    cRows: number,
    m: number,
    k: number,
    n: number,
  ]
) => void;

export interface Kernel {
  readonly gemm: Gemm;
  readonly memory: ArrayBuffer;
}

/** Columns are worked in eights: `n` must be a multiple of it. */
export const columns = 8;
const pageBytes = 65_536;

const [a, rows, ks, b, bRows, c, cRows, m, k, n] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const [i, j, left, pa, pb, pc, twoRows, threeRows] = [10, 11, 12, 13, 14, 15, 16, 17] as const;
/** Vectors: sums of four rows by two halves, then two of B and one of A. */
const sums = 18;
const [b0, b1, one] = [26, 27, 28] as const;

type Code = readonly number[];

/** LEB128, as WebAssembly writes integers; the numbers here are small and not negative, but constants are read as signed. */
function leb(value: number, signed = false): Code {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>>= 7;
    if (rest === 0 && !(signed && byte & 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

const get = (local: number): Code => [0x20, ...leb(local)];
const set = (local: number): Code => [0x21, ...leb(local)];
const constant = (value: number): Code => [0x41, ...leb(value, true)];
const add: Code = [0x6a];
const times: Code = [0x6c];
const plus = (local: number, value: Code): Code => [...get(local), ...value, ...add, ...set(local)];
const load: Code = [0xfd, 0x00, 0x04];
const splat: Code = [0xfd, 0x09, 0x02];
const store: Code = [0xfd, 0x0b, 0x04];
const addF: Code = [0xfd, 0xe4, 0x01];
const timesF: Code = [0xfd, 0xe6, 0x01];
/** Runs `body` again and again while `goes` (an i32 on the stack) is not 0. */
const loopWhile = (goes: Code, body: Code): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...[...goes, 0x45, 0x0d, 0x01],
  ...[...body, 0x0c, 0x00, 0x0b, 0x0b],
];
const lessOrEqual: Code = [0x4c];
const less: Code = [0x48];

/** `count` rows of C by eight columns: their sums stay in registers over all of k. */
function block(count: number): Code {
  const each = (of: (row: number) => Code): Code => Array.from({ length: count }, (_, row) => of(row)).flat();
  const rowOf = (start: Code, stride: number, row: number): Code =>
    row === 0 ? start : [...start, ...get(stride), ...constant(row), ...times, ...add];
  const ahead = [[], [...get(rows), ...add], [...get(twoRows), ...add], [...get(threeRows), ...add]];
  return [
    ...[...get(a), ...get(i), ...get(rows), ...times, ...add, ...set(pa)],
    ...[...get(b), ...get(j), ...constant(2), 0x74, ...add, ...set(pb)],
    ...[...get(c), ...get(i), ...get(cRows), ...times, ...add, ...get(j), ...constant(2), 0x74, ...add, ...set(pc)],
    ...each((row) => [
      ...[...rowOf(get(pc), cRows, row), ...load, 0, ...set(sums + 2 * row)],
      ...[...rowOf(get(pc), cRows, row), ...load, 16, ...set(sums + 2 * row + 1)],
    ]),
    ...[...get(k), ...set(left)],
    ...loopWhile(get(left), [
      ...[...get(pb), ...load, 0, ...set(b0), ...get(pb), ...load, 16, ...set(b1)],
      ...each((row) => [
        ...[...get(pa), ...(ahead[row] as Code), ...splat, 0, ...set(one)],
        ...[...get(sums + 2 * row), ...get(one), ...get(b0), ...timesF, ...addF, ...set(sums + 2 * row)],
        ...[...get(sums + 2 * row + 1), ...get(one), ...get(b1), ...timesF, ...addF, ...set(sums + 2 * row + 1)],
      ]),
      ...plus(pa, get(ks)),
      ...plus(pb, get(bRows)),
      ...[...get(left), ...constant(1), 0x6b, ...set(left)],
    ]),
    ...each((row) => [
      ...[...rowOf(get(pc), cRows, row), ...get(sums + 2 * row), ...store, 0],
      ...[...rowOf(get(pc), cRows, row), ...get(sums + 2 * row + 1), ...store, 16],
    ]),
    ...plus(i, constant(count)),
  ];
}

const vector = (items: readonly Code[]): Code => [...leb(items.length), ...items.flat()];
const section = (id: number, content: Code): Code => [id, ...leb(content.length), ...content];
const text = (value: string): Code => [...leb(value.length), ...new TextEncoder().encode(value)];

function assembled(): Uint8Array<ArrayBuffer> {
  const [i32, v128] = [0x7f, 0x7b];
  const code: Code = [
    ...vector([
      [...leb(8), i32],
      [...leb(11), v128],
    ]),
    ...[...get(rows), ...constant(2), ...times, ...set(twoRows)],
    ...[...get(rows), ...constant(3), ...times, ...set(threeRows)],
    ...[...constant(0), ...set(j)],
    ...loopWhile(
      [...get(j), ...get(n), ...less],
      [
        ...[...constant(0), ...set(i)],
        ...loopWhile([...get(i), ...constant(4), ...add, ...get(m), ...lessOrEqual], block(4)),
        ...loopWhile([...get(i), ...get(m), ...less], block(1)),
        ...plus(j, constant(columns)),
      ],
    ),
    0x0b,
  ];
  const gemm: Code = [0x60, ...vector(Array.from({ length: 10 }, () => [i32])), 0x00];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([gemm])),
    ...section(2, vector([[...text('house'), ...text('memory'), 0x02, 0x00, 0x01]])),
    ...section(3, vector([[0x00]])),
    ...section(7, vector([[...text('gemm'), 0x00, 0x00]])),
    ...section(10, vector([[...leb(code.length), ...code]])),
  ]);
}

/** The product and the memory that it works in, all zeros. */
export async function openKernel(bytes: number): Promise<Kernel> {
  const memory = new webAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
  const module = await webAssembly.compile(assembled());
  const { exports } = await webAssembly.instantiate(module, { house: { memory } });
  return { gemm: exports.gemm as Gemm, memory: memory.buffer };
}
