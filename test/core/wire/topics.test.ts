import test from 'ava';
import fc from 'fast-check';
import { everyDevice, headTopicOf, parseTopic, plainKinds, topicOf } from '../../../daemons/core/wire/topics.ts';

test('a topic comes back as the parts it was made of', (t) => {
  const name = fc.stringMatching(/^[a-z0-9-]{1,32}$/);
  fc.assert(
    fc.property(name, name, fc.constantFrom(...plainKinds), (site, device, kind) => {
      t.deepEqual(parseTopic(topicOf(site, device, kind)), { site, device, kind });
    }),
  );
});

test('a head has a topic for each spool, and one subscription takes them all', (t) => {
  const topic = headTopicOf('north', 'post-7', 'b1c2-d3');
  t.deepEqual(parseTopic(topic), { site: 'north', device: 'post-7', kind: 'head' });
  t.is(topic, 'fieldpost/v1/north/post-7/head/b1c2-d3');
  t.deepEqual(everyDevice(['alert', 'head']), ['fieldpost/v1/+/+/alert', 'fieldpost/v1/+/+/head/+']);
  t.is(parseTopic('fieldpost/v1/north/post-7/head'), null);
});

test('names that a broker would read otherwise make no topic', (t) => {
  for (const name of ['', 'a.b', 'a/b', '+', '#', 'A', 'a b', 'x'.repeat(33), 'é'])
    t.throws(() => topicOf(name, 'post-7', 'alert'), { instanceOf: RangeError });
});

test('topics of others are none of ours, whatever they are', (t) => {
  for (const topic of [
    '',
    'fieldpost/v1/north/post-7',
    'fieldpost/v1/north/post-7/alert/x',
    'fieldpost/v2/north/post-7/alert',
    'fieldpost/v1/north/post-7/gossip',
    '$SYS/broker',
    'fieldpost/v1/no.rth/post-7/alert',
  ])
    t.is(parseTopic(topic), null, topic);
  fc.assert(fc.property(fc.string(), (topic) => parseTopic(topic) === null));
});
