/** What an operator does with the twin of a box: says what it is to be, and looks at what it is. */
import path from 'node:path';
import { parse } from 'yaml';
import { Fault } from '../../core/ports/fault.ts';
import { parseSigned, signText } from '../../core/release/signed.ts';
import { type Desired, desiredText, parseDesired } from '../../core/twin/desired.ts';
import { type Difference, differences, parseReported, type Reported } from '../../core/twin/reported.ts';
import { twinTopicOf } from '../../core/wire/topics.ts';
import { type BrokerPlace, withBroker } from './broker.ts';
import { readKey } from './site-keys.ts';
import { readText } from './text-file.ts';

export interface TwinPlace extends BrokerPlace {
  readonly site: string;
  readonly device: string;
}

/**
 * The signed text of a desired state. `file` is YAML as `fieldpost twin set` reads it: `files` names files beside it by the path
 * that they get on the box. Errors: Fault.
 */
export function signDesired(
  file: string,
  { site, device }: Pick<TwinPlace, 'site' | 'device'>,
  keys: readonly string[],
): string {
  const said = readYaml(file);
  const folder = path.dirname(file);
  const files = Object.fromEntries(
    Object.entries((said.files ?? {}) as Record<string, string>).map(([where, from]) => [
      where,
      readText(path.resolve(folder, from)),
    ]),
  );
  const whole = { ...said, v: 1, site, device, at: new Date().toISOString(), files } as unknown as Desired;
  return JSON.stringify(signText('operator', desiredText(whole), keys.map(readKey)));
}

/** The text of a signed file, for this box. Errors: Fault: it is of another, or none. */
export function readDesired(file: string, of: Pick<TwinPlace, 'site' | 'device'>): string {
  const text = readText(file).trim();
  parseDesired(parseSigned(text), of);
  return text;
}

function readYaml(file: string): Record<string, unknown> {
  try {
    return parse(readText(file)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('config', `${file}: is not YAML (${(error as Error).message})`, error);
  }
}

/** Longest wait for what the broker retains. */
const retainedMs = 2000;

/** Retained, until another one takes its place. Errors: Fault `absent` when no broker answers. */
export async function sendDesired(place: TwinPlace, text: string): Promise<void> {
  await withBroker(place, [], async (broker) => {
    await broker.publish(twinTopicOf(place.site, place.device, 'desired'), text, { retain: true });
  });
}

export interface Seen {
  readonly desired: Desired | null;
  readonly reported: Reported | null;
  readonly differences: readonly Difference[];
}

export async function readTwin(place: TwinPlace): Promise<Seen> {
  const [desiredTopic, reportedTopic] = [
    twinTopicOf(place.site, place.device, 'desired'),
    twinTopicOf(place.site, place.device, 'reported'),
  ];
  const heard = await withBroker(place, [desiredTopic, reportedTopic], async (_, messages) => {
    const endMs = performance.now() + retainedMs;
    while (messages.size < 2 && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 20));
    return messages;
  });
  const [wanted, said] = [heard.get(desiredTopic), heard.get(reportedTopic)];
  const desired = wanted === undefined ? null : parseDesired(parseSigned(wanted), place);
  const reported = said === undefined ? null : parseReported(said);
  return { desired, reported, differences: desired ? differences(desired, reported) : [] };
}

export function twinAsText({ desired, reported, differences: off }: Seen): readonly string[] {
  if (!reported)
    return [desired ? `desired ${desired.version}; the box never reported` : 'nothing is known of this box'];
  const { phase, inForce, executable, reasons } = reported;
  return [
    `desired ${desired?.version ?? 'nothing'}, in force ${inForce}, fieldpost ${executable}: ${phase}`,
    ...reasons.map((one) => `  ${one}`),
    ...off.map(({ path: where, desired: is, reported: of }) => `  ${where}: is to be ${is}, is ${of}`),
  ];
}
