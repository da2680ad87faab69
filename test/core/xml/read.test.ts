import test from 'ava';
import fc from 'fast-check';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { elementsOf, readXml, textOf, type XmlNode } from '../../../daemons/core/xml/read.ts';
import { type Element, element, xmlText } from '../../../daemons/core/xml/text.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/).filter((one) => !/^xmlns/i.test(one));
/** What XML 1.0 can hold and no reader folds. */
const text = fc
  .string({ unit: 'binary', maxLength: 30 })
  .map((one) => one.toWellFormed().replace(/[^\P{Cc}\t\n]|[\ufffe\uffff]/gu, ''));
const tree: fc.Memo<Element> = fc.memo((depth) =>
  fc
    .record({
      name,
      attributes: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
      children: depth <= 1 ? fc.array(text, { maxLength: 1 }) : fc.array(tree(depth - 1), { maxLength: 3 }),
    })
    .map(({ name: of, attributes, children }) => element(of, attributes, ...children)),
);

const plain = ({ name: of, attributes, children }: XmlNode): Element =>
  element(of, { ...attributes }, ...children.map((one) => (typeof one === 'string' ? one : plain(one))));
const joined = ({ name: of, attributes, children }: Element): Element =>
  element(
    of,
    attributes,
    ...children.filter((one) => one !== '').map((one) => (typeof one === 'string' ? one : joined(one))),
  );

test('whatever was written is read as it was', (t) => {
  fc.assert(
    fc.property(tree(3), (one) => {
      t.deepEqual(plain(readXml(xmlText(one))), joined(one));
    }),
  );
});

test('namespaces, comments, CDATA, references and a declaration are read', (t) => {
  const root = readXml(
    '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- a - b --><a:r xmlns:a="urn:a" xmlns="urn:d"><b c="&#x41;&#66;">x<![CDATA[<&]]>&lt;&apos;</b><?pi x?><a:e/></a:r>\n',
  );
  t.like(root, { name: 'r', space: 'urn:a' });
  t.deepEqual(
    elementsOf(root).map((one) => [one.name, one.space, textOf(one), one.attributes.c ?? null]),
    [
      ['b', 'urn:d', "x<&<'", 'AB'],
      ['e', 'urn:a', '', null],
    ],
  );
});

const wrong: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'no element': 'text',
  'two elements': '<a/><b/>',
  'text behind': '<a/>x',
  'not closed': '<a><b></a>',
  'closed twice': '<a></a></a>',
  'an attribute twice': '<a b="1" b="2"/>',
  'an attribute without quotes': '<a b=1/>',
  'a document type': '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  'an entity of no definition': '<a>&nbsp;</a>',
  'an ampersand': '<a>a & b</a>',
  'a character that XML cannot hold': '<a>\u0001</a>',
  'the same as a number': '<a>&#1;</a>',
  'a number beyond all characters': '<a>&#x110000;</a>',
  'half of a pair': '<a>\ud800</a>',
  'a namespace of no declaration': '<x:a/>',
  ']]> in a text': '<a>]]></a>',
  '-- in a comment': '<a><!-- a -- b --></a>',
  'a second declaration': '<a/><?xml version="1.0"?>',
  'too deep': `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`,
};
for (const [why, one] of Object.entries(wrong))
  test(`refused: ${why}`, (t) => {
    const error = t.throws(() => readXml(one));
    t.true(isFault(error) && error.kind === 'protocol', String(error));
  });

test('whatever comes is read or refused with words, in bounded time', (t) => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/',
    '&',
    ';',
    '"',
    "'",
    '=',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    'a',
    ' ',
    ':',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 40 }), (pieces) => {
      try {
        readXml(pieces.join(''));
      } catch (error) {
        if (!isFault(error)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
  for (const long of ['<!--', '<![CDATA[', '<a b="', '<a ', '&', '<?x ', 'x'])
    t.throws(() => readXml(`<a>${long}${'x '.repeat(400_000)}`));
  t.throws(() => readXml(`<a>${'<a '.repeat(300_000)}`));
});
