import test from 'ava';
import { checkCap } from '../../../daemons/core/cap/check.ts';

/** The shape of the standard's first example (appendix A.1), with words of our own. */
const good = `<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>43b080713727</identifier>
  <sender>centre@example.org</sender>
  <sent>2003-04-02T14:39:01-05:00</sent>
  <status>Actual</status>
  <msgType>Update</msgType>
  <source>a desk</source>
  <scope>Restricted</scope>
  <restriction>for those on duty</restriction>
  <addresses>one "two words"</addresses>
  <code>a</code>
  <code>b</code>
  <note>none</note>
  <references>centre@example.org,43b080713726,2003-04-02T14:03:01-05:00 centre@example.org,2,2003-04-02T14:03:01-00:00</references>
  <incidents>a b</incidents>
  <info>
    <language>en-US</language>
    <category>Geo</category>
    <category>CBRNE</category>
    <event>a thing</event>
    <responseType>Shelter</responseType>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <audience>all</audience>
    <eventCode><valueName>SAME</valueName><value>CEM</value></eventCode>
    <effective>2003-06-17T14:57:00-07:00</effective>
    <onset>2003-06-17T14:57:00-07:00</onset>
    <expires>2004-02-29T16:00:00+05:00</expires>
    <senderName>us</senderName>
    <headline>a &lt; b</headline>
    <description>it is</description>
    <instruction>go</instruction>
    <web>https://example.org/a</web>
    <contact>none</contact>
    <parameter><valueName>a</valueName><value>1</value></parameter>
    <resource>
      <resourceDesc>a picture</resourceDesc><mimeType>image/jpeg</mimeType><size>12</size><uri>https://example.org/p.jpg</uri>
    </resource>
    <area>
      <areaDesc>here</areaDesc>
      <polygon>38.47,-120.14 38.34,-119.95 38.52,-119.74 38.47,-120.14</polygon>
      <polygon>-1,-1 1,-1 1,1 -1,-1</polygon>
      <circle>32.9525,-115.5527 0</circle>
      <geocode><valueName>FIPS6</valueName><value>006109</value></geocode>
      <altitude>-12.5</altitude>
      <ceiling>100</ceiling>
    </area>
  </info>
</alert>`;

test('a message with every element of the standard is right', (t) => {
  t.deepEqual(checkCap(good), []);
});

test('the least that a message may be is right', (t) => {
  const least = good
    .replace(/<source>.*<\/alert>/s, '<scope>Public</scope></alert>')
    .replace('<msgType>Update', '<msgType>Alert');
  t.deepEqual(checkCap(least), []);
});

/** What is put in the place of what, and what must be said of it. */
const bad: readonly (readonly [string, string | RegExp, string, RegExp])[] = [
  ['another namespace', 'cap:1.2', 'cap:1.1', /must be <alert>/],
  ['another root', /alert>|<alert /g, 'feed>', /XML|must be <alert>/],
  ['no identifier', /<identifier>.*<\/identifier>/, '', /alert\/identifier is missing/],
  ['an identifier with a space', '43b080713727', '43b 080', /no space/],
  ['an identifier with a comma', '43b080713727', '43b,080', /no space, comma/],
  ['a sender with <', '>centre@example.org<', '>a&lt;b<', /no space, comma/],
  ['two senders', '<status>', '<sender>b</sender><status>', /sender stands (after|2 times)/],
  ['a time with Z', '14:39:01-05:00', '14:39:01Z', /must be like/],
  ['a time with fractions', '14:39:01-05:00', '14:39:01.5-05:00', /must be like/],
  ['UTC as +00:00', '14:39:01-05:00', '14:39:01+00:00', /UTC must be -00:00/],
  ['a day that is none', '2004-02-29', '2003-02-29', /is no time/],
  ['an hour that is none', 'T14:39:01', 'T24:39:01', /is no time/],
  ['a status in small letters', '<status>Actual', '<status>actual', /must be one of Actual/],
  ['a status in spaces', '<status>Actual', '<status> Actual ', /must be one of Actual/],
  ['a type that is none', '<msgType>Update', '<msgType>Change', /must be one of Alert/],
  ['an order that is not the standard’s', /(<status>.*<\/status>)\s*(<msgType>.*<\/msgType>)/, '$2$1', /stands after/],
  ['an element that is none', '<note>', '<extra/><note>', /no element of CAP/],
  ['an element of another namespace', '<note>', '<x xmlns="urn:x"/><note>', /no element of CAP/],
  ['text between elements', '<note>', 'x<note>', /text beside its elements/],
  ['elements where text is meant', '<note>none', '<note><b xmlns="">none</b>', /holds elements/],
  ['no restriction where it is restricted', /<restriction>.*<\/restriction>/, '', /restriction is missing/],
  ['a restriction where it is not', '<scope>Restricted', '<scope>Public', /restriction is there/],
  [
    'no addresses where it is private',
    /Restricted(.*)<restriction>.*<\/restriction>\s*<addresses>.*<\/addresses>/s,
    'Private$1',
    /addresses is missing/,
  ],
  ['an update without references', /<references>.*<\/references>/, '', /references is missing/],
  ['references of two parts', ',43b080713726,', ',', /must be sender,identifier,sent/],
  [
    'references with a time that is none',
    '2003-04-02T14:03:01-05:00 ',
    '2003-04-02 ',
    /must be sender,identifier,sent/,
  ],
  ['an info without a category', /<category>.*<\/category>/g, '', /category is missing/],
  ['a category that is none', '>CBRNE<', '>Gas<', /must be one of Geo/],
  ['an urgency that is none', '>Immediate<', '>Now<', /must be one of Immediate/],
  ['a severity of ours', '>Severe<', '>critical<', /must be one of Extreme/],
  ['a certainty of 1.0', '>Likely<', '>Very Likely<', /must be one of Observed/],
  ['a response that is none', '>Shelter<', '>Run<', /must be one of Shelter/],
  ['two severities', '<certainty>', '<severity>Minor</severity><certainty>', /severity stands 2 times/],
  ['an empty event', '>a thing<', '><', /event is empty/],
  ['a language that is none', '>en-US<', '>english_us<', /must be a language/],
  ['a parameter without a value', '<value>1</value>', '', /parameter\/value is missing/],
  ['a resource without a type', '<mimeType>image/jpeg</mimeType>', '', /mimeType is missing/],
  ['a size that is none', '<size>12', '<size>12 kB', /whole number/],
  ['an area without words', '<areaDesc>here</areaDesc>', '', /areaDesc is missing/],
  ['a polygon that is open', '38.52,-119.74 38.47,-120.14', '38.52,-119.74 38.48,-120.14', /not closed/],
  ['a polygon of three points', '-1,-1 1,-1 1,1 -1,-1', '-1,-1 1,-1 -1,-1', /has 3 points/],
  ['a polygon with longitude first', '38.34,-119.95', '-119.95,38.34', /no place/],
  ['a number with an exponent', '-1,-1 1,-1', '1e-7,-1 1,-1', /latitude,longitude/],
  ['a circle without a radius', '32.9525,-115.5527 0', '32.9525,-115.5527', /radius/],
  ['a circle of less than nothing', '32.9525,-115.5527 0', '32.9525,-115.5527 -1', /radius/],
  ['a ceiling over nothing', /<altitude>.*<\/altitude>/, '', /without an altitude/],
  ['an entity', 'a &lt; b', 'a&nbsp;b', /no character/],
  ['no XML', '</alert>', '', /not closed/],
];
for (const [what, from, to, says] of bad)
  test(`refused: ${what}`, (t) => {
    const text = good.replace(from as string, to);
    t.not(text, good, 'the case changes nothing');
    const said = checkCap(text);
    t.true(said.length > 0);
    t.true(
      said.some((one) => says.test(one)),
      said.join('\n'),
    );
  });
