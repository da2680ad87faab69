import test from 'ava';
import fc from 'fast-check';
import { connectedAnew, due, nothingShown, type Shown, show } from '../../../daemons/core/cot/shown.ts';
import type { Saying } from '../../../daemons/core/ports/tak.ts';

const saying =
  (id: string, text = id): Saying =>
  (nowMs) => [{ uid: id, xml: text, staleMs: nowMs }];
const at = (ms: number) => ({ monoMs: ms, wallMs: ms });

const step = fc.oneof(
  fc.record({ do: fc.constant('show' as const), id: fc.nat(8), text: fc.nat(3) }),
  fc.record({ do: fc.constant('erase' as const), id: fc.nat(8) }),
  fc.record({ do: fc.constant('connect' as const) }),
  fc.record({ do: fc.constant('say' as const), limit: fc.nat(4) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(200) }),
);

test('once it is quiet, the server of the last connection was told of everything that is shown, as it is now', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let shown: Shown = nothingShown;
      let nowMs = 0;
      let told = new Map<string, string>();
      const wanted = new Map<string, string>();
      const say = (limit: number): number => {
        const [next, events] = due(shown, at(nowMs), { refreshMs: 1000, limit });
        shown = next;
        for (const { uid, xml } of events) told.set(uid, xml);
        return events.length;
      };
      for (const one of steps) {
        if (one.do === 'show') {
          shown = show(shown, `${one.id}`, saying(`${one.id}`, `${one.text}`));
          wanted.set(`${one.id}`, `${one.text}`);
        } else if (one.do === 'erase') {
          shown = show(shown, `${one.id}`, saying(`${one.id}`, 'gone'), nowMs + 1e6);
          wanted.set(`${one.id}`, 'gone');
        } else if (one.do === 'connect') {
          shown = connectedAnew(shown);
          told = new Map();
        } else if (one.do === 'say') t.true(say(one.limit) <= one.limit);
        else nowMs += one.ms;
      }
      while (say(3) > 0);
      t.deepEqual(Object.fromEntries(told), { ...Object.fromEntries(told), ...Object.fromEntries(wanted) });
      t.is(told.size, wanted.size);
    }),
  );
});

test('what is shown is said again after its time, what was never said comes first, and an erasure ends', (t) => {
  let shown = show(show(nothingShown, 'a', saying('a')), 'b', saying('b', 'gone'), 5000);
  const said = (ms: number, limit = 10): string[] => {
    const [next, events] = due(shown, at(ms), { refreshMs: 1000, limit });
    shown = next;
    return events.map(({ xml }) => xml);
  };
  t.deepEqual(said(0), ['a', 'gone']);
  t.deepEqual(said(999), []);
  shown = show(shown, 'c', saying('c'));
  t.deepEqual(said(1000, 1), ['c']);
  t.deepEqual(said(1000), ['a', 'gone']);
  t.deepEqual(said(6000), ['a', 'c']);
  t.is(shown.size, 2);
});
