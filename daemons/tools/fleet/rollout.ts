/** What an operator does with rollouts. Both ways of each box are signed here, so that whoever drives it needs no key. */
import path from 'node:path';
import { type FleetStore, openFleetStore } from '../../core/adapters/rollouts.sqlite.ts';
import { Fault } from '../../core/ports/fault.ts';
import { brokenAt } from '../../core/rollout/audit.ts';
import { type Order, ordered } from '../../core/rollout/order.ts';
import { begunAt, type Phase, type Plan, phases, type Rollout, wavesOf } from '../../core/rollout/plan.ts';
import { type BrokerPlace, retainedAt } from './broker.ts';
import { boxesIn, boxTopics } from './seen.ts';
import { believed, contentBefore, nextVersion, signContent } from './sign.ts';
import { openSigning } from './signing.ts';
import { contentIn, contentKey, readWanted, type WantedBox } from './wanted.ts';

export interface StartOptions extends BrokerPlace {
  readonly folder: string;
  readonly name: string;
  readonly by: string;
  readonly why: string;
  readonly key: readonly string[];
  readonly models: string;
  readonly label: readonly string[];
  readonly canary: readonly string[];
  readonly percent: readonly number[];
  readonly perMinute: number;
  readonly atOnce: number;
  readonly steady: number;
  readonly silent: number;
  readonly stopAt: number;
  readonly back: boolean;
}

/** So much longer than a trial a box may be silent: it may start anew in it, and come back. */
const sparedS = 60;

/** Errors: Fault; nothing was told to any box then. */
export async function startRollout(dir: string, options: StartOptions): Promise<Rollout> {
  const { folder, name, by, why, key, models, label } = options;
  const wanted = await readWanted(dir, models);
  const signing = openSigning(folder, wanted.site, by, key);
  const seen = boxesIn(await retainedAt(options, boxTopics(wanted.site)));
  const store = openFleetStore(path.join(folder, 'fleet.db'));
  try {
    const chosen = wanted.boxes.filter(({ labels }) => label.every((one) => labels.includes(one)));
    const changing = chosen.flatMap((box) => {
      const before = believed(seen.get(box.name), signing);
      const is = before ? contentIn(before) : contentBefore(null, box.content);
      return contentKey(is) === contentKey(box.content) ? [] : [{ ...box, is }];
    });
    if (changing.length === 0)
      throw new Fault('refused', `${name}: all ${chosen.length} boxes were told this already; nothing to roll out`);
    checkSilence(changing, options.silent);
    const versions: Record<string, Plan['versions'][string]> = {};
    const texts = changing.map(({ name: box, content, is }) => {
      const forward = nextVersion(seen.get(box), store.box(box).version);
      versions[box] = { forward, back: forward + 1 };
      return {
        box,
        forward: signContent(signing, box, forward, content),
        back: signContent(signing, box, forward + 1, is, `${name} is taken back`),
      };
    });
    const canaries = options.canary.filter(
      (one) => versions[one] !== undefined || !chosen.some((box) => box.name === one),
    );
    const plan: Plan = {
      ...{ name, site: wanted.site, by, why, versions },
      waves: wavesOf(name, Object.keys(versions).toSorted(), canaries, options.percent),
      ...{ perMinute: options.perMinute, atOnce: options.atOnce, steadyS: options.steady, silentS: options.silent },
      ...{ stopAt: options.stopAt, onStop: options.back ? 'back' : 'hold' },
    };
    const rollout = begunAt(plan, Date.now());
    for (const { name: box, labels } of chosen) store.setBox({ name: box, labels, version: 0 });
    store.create(rollout, texts, by, Date.now());
    return rollout;
  } finally {
    store.close();
  }
}

function checkSilence(boxes: readonly WantedBox[], silentS: number): void {
  const longest = Math.max(...boxes.map(({ content }) => content.trial.withinS));
  if (silentS < longest + sparedS)
    throw new Fault(
      'config',
      `--silent: is ${silentS} s; must be ${longest + sparedS} or more: a box may be away for the whole trial of ${longest} s and come back by itself`,
    );
}

export function orderRollout(folder: string, name: string, order: Order, by: string, why: string): Rollout {
  return withStore(folder, (store) => store.change(name, by, Date.now(), (rollout) => ordered(rollout, order, why)));
}

export function readRollouts(folder: string, name: string | undefined): readonly Rollout[] {
  return withStore(folder, (store) => {
    const names = name === undefined ? store.names() : [name];
    return names.map((one) => {
      const found = store.read(one);
      if (!found) throw new Fault('config', `${one}: there is no rollout of this name in ${folder}`);
      return found;
    });
  });
}

/** The lines of the audit log, and the first that does not follow from the one before; null: all do. */
export const readAudit = (folder: string) =>
  withStore(folder, (store) => {
    const lines = [...store.audit()];
    return { lines, brokenAt: brokenAt(lines) };
  });

export function withStore<T>(folder: string, work: (store: FleetStore) => T): T {
  const store = openFleetStore(path.join(folder, 'fleet.db'));
  try {
    return work(store);
  } finally {
    store.close();
  }
}

export function rolloutAsText({ plan, mode, reason, boxes }: Rollout, everyBox: boolean): readonly string[] {
  const counts = phases
    .map((phase): [Phase, number] => [phase, Object.values(boxes).filter((one) => one.phase === phase).length])
    .filter(([, n]) => n > 0)
    .map(([phase, n]) => `${n} ${phase}`);
  const lines = plan.waves.flatMap((wave, i) =>
    wave.flatMap((box) => {
      const { phase = 'queued', reasons = [] } = boxes[box] ?? {};
      const says = phase === 'failed' || phase === 'waiting' || phase === 'back-failed' || phase === 'superseded';
      const why = reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
      return everyBox || says ? [`  ${i === 0 ? 'canary' : `wave ${i + 1}`} ${box} ${phase}${why}`] : [];
    }),
  );
  return [`${plan.name}: ${mode} (${reason}); ${counts.join(', ')}`, ...lines];
}
