/** What an operator sees of the boxes of a site, from what the broker retains and what the centre keeps. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Health } from '../../core/fleet/health.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { KnownBox } from '../../core/ports/rollouts.ts';
import { type Difference, differences } from '../../core/twin/reported.ts';
import { type BrokerPlace, retainedAt } from './broker.ts';
import { withStore } from './rollout.ts';
import { boxesIn, boxTopics, type SeenBox } from './seen.ts';

export interface ListOptions extends BrokerPlace {
  readonly site: string;
  /** For labels and rollouts; absent: neither is shown. */
  readonly folder?: string;
  readonly label: readonly string[];
}

export interface ListedBox {
  readonly device: string;
  readonly online: boolean;
  readonly labels: readonly string[];
  /** The rollout that has it in hand. */
  readonly rollout: string | null;
  /** Version that it is to be; 0: nothing was said. */
  readonly desired: number;
  readonly inForce: number | null;
  readonly executable: string | null;
  readonly phase: string | null;
  readonly reasons: readonly string[];
  readonly differences: readonly Difference[];
  /** By the box, at the time in it; null: it never said. */
  readonly health: Health | null;
}

export async function listBoxes(options: ListOptions): Promise<readonly ListedBox[]> {
  const { site, folder, label } = options;
  const seen = boxesIn(await retainedAt(options, boxTopics(site)));
  const { known, held } = folder === undefined ? nothing : keptIn(folder);
  const names = [...new Set([...seen.keys(), ...known.keys()])].toSorted();
  return names
    .map((name) => listed(name, seen.get(name), known.get(name), held.get(name) ?? null))
    .filter(({ labels }) => label.every((one) => labels.includes(one)));
}

const nothing = { known: new Map<string, KnownBox>(), held: new Map<string, string>() };

function keptIn(folder: string): {
  readonly known: ReadonlyMap<string, KnownBox>;
  readonly held: ReadonlyMap<string, string>;
} {
  // A look makes no file.
  if (!existsSync(path.join(folder, 'fleet.db'))) return nothing;
  return withStore(folder, (store) => ({
    known: new Map(store.boxes().map((box) => [box.name, box])),
    held: store.held(),
  }));
}

function listed(
  device: string,
  seen: SeenBox | undefined,
  known: KnownBox | undefined,
  rollout: string | null,
): ListedBox {
  const { desired = null, reported = null, online = false, health = null, troubles = [] } = seen ?? {};
  return {
    ...{ device, online, labels: known?.labels ?? [], rollout },
    desired: desired?.version ?? 0,
    inForce: reported?.inForce ?? null,
    executable: reported?.executable ?? null,
    phase: reported?.phase ?? null,
    reasons: [...(reported?.reasons ?? []), ...troubles],
    health,
    differences: desired ? differences(desired, reported) : [],
  };
}

/** Errors: Fault `absent` for a box that nobody ever heard of. */
export async function oneBox(device: string, options: ListOptions): Promise<ListedBox> {
  const found = (await listBoxes(options)).find((one) => one.device === device);
  if (!found)
    throw new Fault('absent', `${options.site}/${device}: the broker retains nothing of it and no folder names it`);
  return found;
}

export function listAsText(boxes: readonly ListedBox[]): readonly string[] {
  const rows = boxes.map(({ device, online, desired, inForce, executable, phase, labels, rollout }) => [
    device,
    online ? 'online' : 'away',
    executable ?? '-',
    desired === inForce ? `${desired}` : `${inForce ?? '-'} -> ${desired}`,
    phase ?? '-',
    labels.join(','),
    rollout ?? '',
  ]);
  const table = [['box', 'is', 'fieldpost', 'in force', 'phase', 'labels', 'rollout'], ...rows];
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0))) ?? [];
  return table.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export const differencesAsText = ({ device, differences: off }: ListedBox): readonly string[] =>
  off.length === 0
    ? [`${device}: is what it is to be`]
    : off.map(({ path: where, desired, reported }) => `${device} ${where}: is to be ${desired}, is ${reported}`);

export function boxAsText(box: ListedBox): readonly string[] {
  const { labels, rollout, reasons } = box;
  return [
    ...listAsText([box]),
    ...(labels.length > 0 ? [`labels: ${labels.join(', ')}`] : []),
    ...(rollout === null ? [] : [`in the rollout ${rollout}`]),
    ...reasons,
    ...differencesAsText(box),
    ...(box.health ? healthAsText(box.health) : ['it never said how it is']),
  ];
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const pairs = (of: Readonly<Record<string, number | string>>, skip: number | string = 0): string =>
  Object.entries(of)
    .filter(([, value]) => value !== skip)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || 'none';

function healthAsText(health: Health): readonly string[] {
  const { load, memoryFree, storageFree, celsius, throttled, lifeYears, certificateMs, overdue, synced } = health;
  return [
    `at ${new Date(health.atMs).toISOString()}: load ${load} a core, ${percent(memoryFree)} of memory and ${percent(storageFree)} of storage free, ${celsius === null ? 'no thermometer' : `${celsius} °C`}`,
    `  held back for: ${throttled === null ? 'nobody says' : throttled.join(', ') || 'nothing'}; card: ${lifeYears === null ? 'not known' : `${lifeYears} years, an assumption`}`,
    `  clock ${synced ? 'bounded' : 'without a bound'}; certificate ${certificateMs === null ? 'none' : `until ${new Date(certificateMs).toISOString().slice(0, 10)}`}; calibration due: ${overdue.join(', ') || 'none'}`,
    `  waiting: ${pairs(health.waiting)}; connections lost: ${health.drops}; starts again: ${pairs(health.restarts)}; flagged: ${pairs(health.flagged)}; ${pairs(health.versions, '')}`,
  ];
}
