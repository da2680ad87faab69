/** That a store marks a revision which leaves what was held against dwellings, in the revision's own transaction. */
import test from 'ava';
import { isHeldBack } from '../../daemons/core/desk/standing.ts';
import { sampleAlert } from './alerts.ts';
import { arrivalOf } from './arrivals.ts';
import { type Open, wish } from './desk-contract.ts';

export function regionContract(name: string, open: Open): void {
  test(`${name}: a region that leaves what was held against the dwellings is marked with the revision itself`, async (t) => {
    const { records, desk } = await open(t);
    const at = (rev: number, ceM: number) =>
      sampleAlert('a', { rev, where: { lat: 51.1694, lon: 71.4491, ceM, source: 'surveyed' } });
    const commit = (seq: number, rev: number, ceM: number) =>
      records.commit([arrivalOf({ seq, body: at(rev, ceM) })], 500);
    const moved = async () => (await desk.record('a'))?.desk?.dwelling?.movedM;
    await commit(1, 1, 20);
    await commit(2, 2, 25);
    t.is((await desk.record('a'))?.desk, undefined, 'nobody held it against anything');
    const judge = (rev: number) => desk.act(wish('a', { what: 'judge', dwellings: [], rev, clearM: 50 }, 'centre'));
    t.regex((await judge(1))?.why ?? '', /revision 2 came meanwhile/);
    t.is((await judge(2))?.why, null);
    await commit(3, 3, 25);
    t.is(await moved(), undefined, 'it is where it was');
    await commit(4, 4, 65);
    t.true(Math.abs(((await moved()) ?? 0) - 40) < 0.1);
    const [before] = (await records.changes(0, 10)).alerts;
    t.false(before && isHeldBack(before, true), 'within what is clear');
    await commit(5, 5, 30);
    await commit(6, 6, 60);
    const [after] = (await records.changes(0, 10)).alerts;
    t.true(after && isHeldBack(after, true), 'what it came is counted, whichever way');
    t.false(after && isHeldBack(after, false));
    await desk.act(wish('a', { what: 'note', text: 'x' }));
    t.is((await judge(6))?.why, null);
    t.is(await moved(), undefined);
    t.is((await desk.record('a'))?.desk?.notes, 1);
  });
}
