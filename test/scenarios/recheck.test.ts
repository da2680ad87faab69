/**
 * A check that finds an analyzer wrong, through the whole: a technician at the control link, the real gas daemon, uplink, broker,
 * ledger and console. Alerts since the last good check are marked where their readers look, and no others.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { verifyBundle } from '../../daemons/core/evidence/verify.ts';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { BoxEvent } from '../../daemons/core/values/envelope.ts';
import { fieldpost } from '../support/fieldpost.ts';
import { asks, quick, technician } from '../support/technician.ts';
import { type WholeSite, wholeSite } from '../support/whole-site.ts';

const target = 'nh3/ammonia';

const told = {
  ...quick,
  profile: (value: Record<string, unknown>): Record<string, unknown> => {
    const whole = quick.profile(value) as { gas: { safety?: unknown } };
    // A crew's alarm holds until somebody resets it: its held alerts would move the published head under each bundle.
    const { safety: _silent, ...gas } = whole.gas;
    return { ...whole, gas: { ...gas, heldEveryMs: 2000, evidence: { sealEveryMs: 2000, stateEveryMs: 4000 } } };
  },
};

/** The ammonia alert that the console shows in this condition and that is none of the `others`. */
const inCondition =
  (condition: string, ...others: string[]) =>
  (alerts: readonly AlertRecord[]): AlertRecord | undefined =>
    alerts.find(({ alert }) => alert.kind === 'ammonia' && alert.condition === condition && !others.includes(alert.id));

async function raised({ box, seen }: WholeSite, ...others: string[]): Promise<string> {
  await box.connect('modbus-tcp', { ammonia: 40 });
  const { alert } = await seen(
    (alerts) => inCondition('raised', ...others)(alerts) ?? inCondition('held', ...others)(alerts),
  );
  return alert.id;
}

async function raisedAndCleared(site: WholeSite, ...others: string[]): Promise<string> {
  const id = await raised(site, ...others);
  await site.box.connect('modbus-tcp', { ammonia: 0 });
  await site.seen((alerts) => alerts.find(({ alert }) => alert.id === id && alert.condition === 'cleared'));
  return id;
}

/** `fieldpost check-gas` without its screen: so much ammonia is at the inlet where the technician says that it is 25 ppm. */
async function check(t: ExecutionContext, { box }: WholeSite, ppm: number): Promise<string | undefined> {
  const one = await technician(t, box);
  one.ask({ ask: 'begin', target, kind: 'check', by: 'tech-7', span: 'nh3-25' });
  for (const stage of ['flow', 'leak']) {
    await one.until(asks(stage));
    one.ask({ ask: 'next' });
  }
  await one.until(asks('check-span'));
  await box.connect('modbus-tcp', { ammonia: ppm });
  one.ask({ ask: 'next' });
  const { running } = await one.until((view) => view.running?.ending != null);
  await box.connect('modbus-tcp', { ammonia: 0 });
  await one.until((view) => !view.inhibited);
  one.hangUp();
  return running?.ending?.result;
}

test.serial(
  'a failed check marks the alerts since the last good one where their readers look, and says why',
  async (t) => {
    t.timeout(480_000);
    const site = await wholeSite(t, told);
    const { box, seen } = site;
    await box.connect('modbus-tcp', { ammonia: 0 });

    const before = await raisedAndCleared(site);
    t.is(await check(t, site, 25), 'passed');
    const good = await site.told('check-made');
    const between = await raisedAndCleared(site, before);
    const open = await raised(site, before, between);
    t.is(await check(t, site, 17), 'failed');

    const failed = await site.told('check-failed');
    t.deepEqual(failed.detail.alerts, [between, open]);
    const marked = await seen((alerts) => {
      const found = [between, open].map((id) => alerts.find(({ alert }) => alert.id === id && alert.doubts));
      return found.every((record) => record !== undefined) ? found : undefined;
    });
    const record = failed.detail.record as { id: string; atMs: number };
    const lastGood = good.detail.record as { id: string; atMs: number };
    for (const { alert } of marked) {
      t.true(alert.flags.includes('check-failed'));
      t.is(alert.certainty, 'indication');
      const [doubt] = alert.doubts ?? [];
      t.like(doubt, { sensor: 'nh3', quantity: 'ammonia', serial: 'SIM-0004', kind: 'check' });
      t.deepEqual([doubt?.record, doubt?.foundMs], [record.id, record.atMs]);
      t.deepEqual(doubt?.lastGood, { record: lastGood.id, kind: 'check', atMs: lastGood.atMs });
      const [off] = doubt?.off ?? [];
      t.is(off?.applied, 25);
      t.true(off !== undefined && off.shown > 15 && off.shown < 19, JSON.stringify(off));
    }
    // The open one goes on with its mark, and is cleared with it.
    const over = await seen((alerts) => alerts.find(({ alert }) => alert.id === open && alert.condition === 'cleared'));
    t.is(over.alert.doubts?.[0]?.record, record.id);
    const others = await seen((alerts) => alerts);
    const spared = others.filter(({ alert }) => alert.id !== between && alert.id !== open);
    t.true(spared.some(({ alert }) => alert.id === before));
    t.deepEqual(
      spared.filter(({ alert }) => alert.doubts || alert.flags.includes('check-failed')),
      [],
    );

    for (const [id, checked] of [
      [between, record.id],
      [open, record.id],
      [before, lastGood.id],
    ] as const)
      t.is(await firstCheckIn(site, id), checked, id);
  },
);

/** Makes the alert's bundle at the centre, verifies it with both verbs' words, and gives the record of the check in it. */
async function firstCheckIn({ box, records }: WholeSite, id: string): Promise<string> {
  const file = path.join(box.state, `${id}.jsonl`);
  for (;;) {
    const made = await fieldpost(['why', id, '--records', records, '--out', file, '--window', '3']);
    if (made.code !== 0) throw new Error(made.out + made.err);
    const { told: texts, problems } = verifyBundle(readFileSync(file, 'utf8'));
    const bodies = texts.map(({ envelope }) => envelope.body as BoxEvent & Alert);
    const sinceNs = bodies.find((body) => body.id === id)?.since.monoNs ?? 0;
    const one = bodies.find(({ type, at }) => /^check-(made|failed)$/.test(type) && at.monoNs > sinceNs);
    // The box delivers in its own time: what is not there yet is there a moment later.
    if (!one || problems.length > 0) continue;
    const verified = await fieldpost(['verify', file, '--records', records]);
    if (verified.code !== 0) throw new Error(verified.out + verified.err);
    return (one.detail.record as { id: string }).id;
  }
}
