/** Frames of every message that we know, for tests. */
import fc from 'fast-check';
import { payloadOf, type Value } from '../../../daemons/core/mavlink/decode.ts';
import { frameOf } from '../../../daemons/core/mavlink/encode.ts';
import type { Field, FieldType, Layout } from '../../../daemons/core/mavlink/layout.ts';
import { layouts } from '../../../daemons/core/mavlink/messages.ts';

const whole = (bits: number, signed: boolean) =>
  signed
    ? fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
    : fc.integer({ min: 0, max: 2 ** bits - 1 });

const numbers: Readonly<Record<FieldType, fc.Arbitrary<number | bigint>>> = {
  uint8_t: whole(8, false),
  char: whole(8, false),
  int8_t: whole(8, true),
  uint16_t: whole(16, false),
  int16_t: whole(16, true),
  uint32_t: whole(32, false),
  int32_t: whole(32, true),
  float: fc.float({ noNaN: true, noDefaultInfinity: true }).map((one) => (one === 0 ? 0 : one)),
  double: fc.double({ noNaN: true }),
  uint64_t: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  int64_t: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
};

const valueFor = ({ type, length }: Field): fc.Arbitrary<Value> => {
  if (length === null) return numbers[type];
  if (type === 'char') return fc.string({ unit: 'grapheme-ascii', maxLength: length });
  return fc.array(numbers[type], { minLength: length, maxLength: length });
};

export const layout: fc.Arbitrary<Layout> = fc.constantFrom(...layouts.values());

export const fieldsOf = ({ fields }: Layout): fc.Arbitrary<Record<string, Value>> =>
  fc.record(Object.fromEntries(fields.map((field) => [field.name, valueFor(field)])));

/** A MAVLink 2 frame with any values in it, and those. */
export const frame = layout.chain((one) =>
  fc.tuple(fieldsOf(one), fc.nat(255), fc.nat(255), fc.nat(255)).map(([fields, system, component, seq]) => ({
    layout: one,
    fields,
    bytes: frameOf(one, payloadOf(one, fields), { system, component, seq }),
  })),
);
