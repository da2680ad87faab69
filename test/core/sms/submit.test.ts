import test from 'ava';
import fc from 'fast-check';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { packed, septetsOf } from '../../../daemons/core/sms/alphabet.ts';
import { reportIn } from '../../../daemons/core/sms/report.ts';
import { mostParts, submitsOf } from '../../../daemons/core/sms/submit.ts';
import { phoned } from '../../support/gsm.ts';

const submit = (text: string, report = false) => submitsOf({ to: '+46708251358', text, reference: 5, report });
const hexOf = (text: string): string =>
  Buffer.from(packed(septetsOf(text)?.flat() ?? []))
    .toString('hex')
    .toUpperCase();

test('vectors: texts that are published as septets', (t) => {
  t.is(hexOf('hellohello'), 'E8329BFD4697D9EC37');
  t.is(hexOf('hello'), 'E8329BFD06');
  t.is(hexOf('1234567'), '31D98C56B3DD00');
  // Eight septets fill seven bytes; of the escape two are taken.
  t.is(hexOf('12345678'), '31D98C56B3DD70');
  t.is(hexOf('€'), '9B32');
});

test('a vector: the message "hellohello" as it is published, with a validity of four hours', (t) => {
  t.deepEqual(submit('hellohello'), [{ hex: '0011000B916407281553F800002F0AE8329BFD4697D9EC37', length: 23 }]);
});

test('Russian and Kazakh go as UCS-2, and an even number of digits has no filler', (t) => {
  const [pdu, ...more] = submitsOf({ to: '+7701000000', text: 'Ә€', reference: 0, report: true });
  t.deepEqual(more, []);
  t.is(pdu?.hex, '0031000A917710000000' + '00082F0404D820AC');
  t.like(phoned(pdu?.hex ?? '', pdu?.length ?? 0), { to: '+7701000000', text: 'Ә€', wide: true, wantsReport: true });
});

test('160 characters are one message, 161 are two of 153 at the most; in UCS-2 70, and 67', (t) => {
  const sizes = (text: string) => submit(text).map(({ hex, length }) => phoned(hex, length).text.length);
  t.deepEqual(sizes('a'.repeat(160)), [160]);
  t.deepEqual(sizes('a'.repeat(161)), [153, 8]);
  t.deepEqual(sizes('ы'.repeat(70)), [70]);
  t.deepEqual(sizes('ы'.repeat(71)), [67, 4]);
  // Neither an escape nor a pair of surrogates is cut in two.
  t.deepEqual(sizes(`${'a'.repeat(152)}€${'a'.repeat(20)}`), [152, 21]);
  t.deepEqual(sizes(`${'ы'.repeat(66)}\u{1f6a8}${'ы'.repeat(20)}`), [66, 22]);
});

const gsm = fc.constantFrom(...'@£ΔΞÄ¡à€[]{}|~^\\\n azAZ09?');
test('whatever text, a phone shows it whole, in the order of its parts', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(gsm, { maxLength: 500, size: 'max' }).map((all) => all.join('')),
        fc.string({ unit: 'binary', maxLength: 250, size: 'max' }),
      ),
      fc.stringMatching(/^[1-9][0-9]{6,13}$/),
      fc.integer({ min: 0, max: 300 }),
      (text, digits, reference) => {
        const pdus = submitsOf({ to: `+${digits}`, text, reference, report: false });
        const parts = pdus.map(({ hex, length }) => phoned(hex, length));
        t.is(parts.map((one) => one.text).join(''), text.toWellFormed());
        t.true(parts.every(({ to }) => to === `+${digits}`));
        if (parts.length > 1)
          for (const [i, { part }] of parts.entries())
            t.deepEqual(part, { reference: reference & 255, of: parts.length, n: i + 1 });
        else t.is(parts[0]?.part, null);
      },
    ),
    { numRuns: 50 },
  );
});

test('a number that is none and a text that nobody reads to its end are refused', (t) => {
  for (const to of ['77010000000', '+0123456', '+12', '+7701000000012345', '+7701 000', '112'])
    t.true(isFault(t.throws(() => submitsOf({ to, text: 'x', reference: 0, report: false }))), to);
  t.is(submit('a'.repeat(153 * mostParts)).length, mostParts);
  t.throws(() => submit('a'.repeat(153 * mostParts + 1)), { message: /more than 8 short messages; nothing was sent/ });
});

/** Service centre, first octet, reference, address, two times, status. */
const report = (status: string, centre = '07917777000000F0'): string =>
  `${centre}06070B917710000000F0${'62901241300021'}${'62901241310021'}${status}`;
test('status reports: what arrived, what is still tried, what never will; and nothing else is one', (t) => {
  t.deepEqual(reportIn(report('00')), { reference: 7, outcome: 'delivered' });
  t.deepEqual(reportIn(report('02', '00')), { reference: 7, outcome: 'delivered' });
  t.is(reportIn(report('30'))?.outcome, 'trying');
  t.is(reportIn(report('46'))?.outcome, 'failed');
  t.is(reportIn(report('63'))?.outcome, 'failed');
  for (const none of ['', '00', 'zz'.repeat(20), report('').slice(0, 30), report('00').replace('F006', 'F004')])
    t.is(reportIn(none), null, none);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      t.notThrows(() => reportIn(Buffer.from(bytes).toString('hex')));
    }),
  );
});
