/**
 * A bounds-checked reader of flatbuffers. The library's own ByteBuffer reads past the end without a word and follows
 * any offset; here every step is checked against the file and every mistake says at which place of the schema it is.
 * Format: https://flatbuffers.dev/internals.
 */
import { Fault } from '../ports/fault.ts';

/** The file under the reader. `budget` bounds the work: vectors of a hostile file may overlap and multiply. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** What the file is called in errors. */
  readonly name: string;
  budget: number;
}

/** One table, with its place in the schema for errors, for example `subgraphs[0].tensors[12]`. */
export interface Table {
  readonly source: Source;
  readonly at: number;
  readonly vtable: number;
  /** Bytes of the vtable and of the table's inline part. */
  readonly vtableSize: number;
  readonly size: number;
  readonly path: string;
}

const refuse = (source: Source, path: string, what: string): Fault =>
  new Fault('refused', `${source.name}: ${path || 'file'}: ${what}; the file is corrupt and was not loaded`);

const place = (table: Table, name: string): string => (table.path === '' ? name : `${table.path}.${name}`);

function need(source: Source, span: { readonly at: number; readonly length: number }, path: string): void {
  if (span.at < 0 || span.length < 0 || span.at + span.length > source.bytes.length)
    throw refuse(
      source,
      path,
      `points to bytes ${span.at} to ${span.at + span.length} of a file of ${source.bytes.length}`,
    );
}

function spend(source: Source, cost: number, path: string): void {
  source.budget -= cost;
  if (source.budget < 0) throw refuse(source, path, 'lists more than the file can hold (overlapping vectors)');
}

/** The root table of a file with the given four-letter identifier. Errors: Fault `refused`. */
export function rootTable(bytes: Uint8Array, identifier: string, name: string): Table {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Every element that is really stored takes a byte at least; four times that leaves room for shared vectors.
  const source: Source = { bytes, view, name, budget: 4 * bytes.length };
  need(source, { at: 0, length: 8 }, '');
  const found = String.fromCharCode(...bytes.subarray(4, 8));
  if (found !== identifier)
    throw new Fault('refused', `${name}: identifier at byte 4 is ${JSON.stringify(found)}; must be "${identifier}"`);
  return tableAt(source, view.getUint32(0, true), '');
}

function tableAt(source: Source, at: number, path: string): Table {
  need(source, { at, length: 4 }, path);
  const vtable = at - source.view.getInt32(at, true);
  need(source, { at: vtable, length: 4 }, path);
  const vtableSize = source.view.getUint16(vtable, true);
  const size = source.view.getUint16(vtable + 2, true);
  if (vtableSize < 4 || size < 4) throw refuse(source, path, `has an impossible vtable (${vtableSize}, ${size} bytes)`);
  need(source, { at: vtable, length: vtableSize }, path);
  need(source, { at, length: size }, path);
  spend(source, 1, path);
  return { source, at, vtable, vtableSize, size, path };
}

/** A field of a table: its number in the schema (from 0, unions count twice) and its name for errors. */
export type Field = readonly [id: number, name: string];

/** Position of a field that is `width` bytes wide inline, or 0 when the table leaves it out. */
export function fieldAt(table: Table, [id, name]: Field, width: number): number {
  const slot = 4 + 2 * id;
  if (slot + 2 > table.vtableSize) return 0;
  const offset = table.source.view.getUint16(table.vtable + slot, true);
  if (offset === 0) return 0;
  if (offset + width > table.size) throw refuse(table.source, place(table, name), 'lies outside its table');
  return table.at + offset;
}

export function byteField(table: Table, field: Field, absent = 0): number {
  const at = fieldAt(table, field, 1);
  return at === 0 ? absent : table.source.view.getUint8(at);
}

export function intField(table: Table, field: Field, absent = 0): number {
  const at = fieldAt(table, field, 4);
  return at === 0 ? absent : table.source.view.getInt32(at, true);
}

export function uintField(table: Table, field: Field, absent = 0): number {
  const at = fieldAt(table, field, 4);
  return at === 0 ? absent : table.source.view.getUint32(at, true);
}

/** An unsigned 64-bit field; exact up to 2^53, which no file of ours reaches. */
export function longField(table: Table, field: Field): number {
  const at = fieldAt(table, field, 8);
  return at === 0 ? 0 : Number(table.source.view.getBigUint64(at, true));
}

export interface Vector {
  /** Of its first element; its length stands in the four bytes before. */
  readonly at: number;
  readonly length: number;
}

const noVector: Vector = { at: 0, length: 0 };

/** Where a vector lies; all zero when the table leaves it out. */
export function vectorField(table: Table, field: Field, width: number): Vector {
  const offset = fieldAt(table, field, 4);
  if (offset === 0) return noVector;
  const { source } = table;
  const at = offset + source.view.getUint32(offset, true);
  need(source, { at, length: 4 }, place(table, field[1]));
  const length = source.view.getUint32(at, true);
  need(source, { at: at + 4, length: length * width }, place(table, field[1]));
  return { at: at + 4, length };
}

function listField<T>(table: Table, field: Field, element: { width: number; read: (at: number) => T }): T[] {
  const vector = vectorField(table, field, element.width);
  spend(table.source, vector.length * element.width, place(table, field[1]));
  return Array.from({ length: vector.length }, (_, i) => element.read(vector.at + element.width * i));
}

export const intsField = (table: Table, field: Field): number[] =>
  listField(table, field, { width: 4, read: (at) => table.source.view.getInt32(at, true) });

export const floatsField = (table: Table, field: Field): number[] =>
  listField(table, field, { width: 4, read: (at) => table.source.view.getFloat32(at, true) });

export const longsField = (table: Table, field: Field): number[] =>
  listField(table, field, { width: 8, read: (at) => Number(table.source.view.getBigInt64(at, true)) });

/** The bytes of a vector, as a view into the file. */
export function bytesField(table: Table, field: Field): Uint8Array {
  const { at, length } = vectorField(table, field, 1);
  return table.source.bytes.subarray(at, at + length);
}

const utf8 = new TextDecoder();

/** UTF-8 text; '' when absent. Broken UTF-8 becomes U+FFFD: names are for people, nothing is decided on them. */
export function textField(table: Table, field: Field): string {
  const bytes = bytesField(table, field);
  spend(table.source, bytes.length, place(table, field[1]));
  return utf8.decode(bytes);
}

export function tableField(table: Table, [id, name]: Field): Table | null {
  const at = fieldAt(table, [id, name], 4);
  return at === 0 ? null : tableAt(table.source, at + table.source.view.getUint32(at, true), place(table, name));
}

export function tablesField(table: Table, field: Field): Table[] {
  const path = place(table, field[1]);
  return listField(table, field, { width: 4, read: (at) => at }).map((at, i) =>
    tableAt(table.source, at + table.source.view.getUint32(at, true), `${path}[${i}]`),
  );
}

/** A Fault that says at which place of the file something is wrong, in the words of this reader. */
export const corrupt = (table: Table, what: string): Fault => refuse(table.source, table.path, what);
