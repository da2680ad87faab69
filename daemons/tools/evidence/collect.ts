/** `fieldpost why`: everything that answers for one alert, as a bundle. */
import { type Header, writeBundle } from '../../core/evidence/bundle.ts';
import { hasBody } from '../../core/evidence/chain.ts';
import { isMark } from '../../core/evidence/marks.ts';
import type { Archive, Filed } from '../../core/ports/archive.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';
import { checkAfter } from './check-after.ts';
import { cardsFor, recordsFor } from './records.ts';
import { type Part, partOf } from './stretch.ts';

export interface WhyOptions {
  readonly alert: string;
  readonly source: Header['source'];
  /** Seconds of telemetry before the alert began. */
  readonly windowS: number;
  /** Folder of the models: their cards go into the bundle. */
  readonly models: string;
  readonly nowMs: number;
}

interface Revision extends Filed {
  readonly alert: Alert;
}

/** The bundle's text. Errors: Fault `absent` when no revision of the alert is held. */
export async function collect(archive: Archive, options: WhyOptions): Promise<string> {
  const revisions = (await archive.revisions(options.alert))
    .filter(({ text }) => hasBody(text))
    .map((one): Revision => ({ ...one, alert: parseEnvelope(one.text).body as Alert }))
    .filter(({ alert }) => alert.id === options.alert)
    .sort((a, b) => a.alert.rev - b.alert.rev);
  // What was decided; a mark that came later stands in the chain of alerts, and asks for no telemetry of its time.
  const decided = revisions.filter(({ alert }, i) => !isMark(alert, revisions[i - 1]?.alert));
  const [firstOne, lastOne] = [revisions[0], revisions.at(-1)];
  if (!firstOne || !lastOne)
    throw new Fault(
      'absent',
      `alert ${options.alert}: no revision of it is held here (delivered alerts leave the box)`,
    );
  const { since } = firstOne.alert;
  const from: Stamp = {
    ...since,
    wallMs: since.wallMs - options.windowS * 1000,
    monoNs: Math.max(0, since.monoNs - options.windowS * 1e9),
  };
  const parts: Part[] = [];
  for (const [spool, of] of Map.groupBy(decided, (one) => one.spool)) {
    const until = of.at(-1)?.alert.at ?? since;
    parts.push(await partOf(archive, firstOne.device, spool, { alert: options.alert, revisions: of, from, until }));
  }
  const stretches = parts.flatMap((part) => part.stretches);
  stretches.push(...(await checkAfter(archive, firstOne.device, lastOne.alert, stretches)));
  const texts = stretches.flatMap((one) => one.texts);
  const records = await recordsFor(archive, firstOne.device, texts);
  const cards = cardsFor(records.attachments, options.models);
  const header: Header = {
    bundle: 1,
    device: firstOne.device,
    alert: options.alert,
    revisions: lastOne.alert.rev,
    madeMs: options.nowMs,
    source: options.source,
    windowS: options.windowS,
    start: parts[0]?.start ?? null,
    runs: stretches.map(({ run }) => run),
    missing: [...parts.flatMap(({ missing }) => missing), ...records.missing, ...cards.missing],
  };
  return writeBundle(header, texts, [...records.attachments, ...cards.attachments]);
}
