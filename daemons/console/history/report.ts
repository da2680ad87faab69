/** A report on alerts: what, when, where, why, and what people did; as lines of text in one language. Pure. */
import type { AlertRecord } from '../../core/ports/records.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Act } from '../../core/values/desk.ts';
import type { VerificationAnswer } from '../desk/shapes.ts';
import type { ReportWords } from './report-words.ts';

export interface Reported {
  readonly record: AlertRecord;
  readonly acts: readonly Act[];
  /** What the verification of the evidence said; null where it was not asked. */
  readonly evidence: VerificationAnswer | null;
}

const utc = (ms: number): string => `${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)} UTC`;

type Part = readonly [title: string, lines: readonly string[]];

/** Title and lines of each part, in the order of the paper. */
export function reportOf({ record, acts, evidence }: Reported, words: ReportWords): readonly Part[] {
  const { say, word } = words;
  const { alert, raisedMs, acknowledged, desk } = record;
  const { since } = alert;
  const mark = desk?.drill ? `${say('drill')} ` : alert.flags.includes('simulated') ? `${say('simulated')} ` : '';
  const began = { time: utc(since.wallMs), ms: since.uncertaintyMs ?? '?' };
  return [
    [`${mark}${word('kind', alert.kind)}`, [say('id', { id: alert.id, rev: alert.rev }), say('lead')]],
    [
      say('what'),
      [
        say('what.state', {
          severity: word('severity', alert.severity),
          certainty: word('certainty', alert.certainty),
          condition: word('condition', alert.condition),
        }),
        flagsOf(alert.flags, words),
      ],
    ],
    [
      say('when'),
      [say(since.synced ? 'when.began' : 'when.claimed', began), say('when.came', { time: utc(raisedMs) })],
    ],
    [say('where'), whereOf(record, words)],
    [say('why'), whyOf(alert, words)],
    [say('evidence'), evidence ? verdictOf(evidence, words) : [say('evidence.notAsked')]],
    [
      say('people'),
      [
        acknowledged
          ? say('people.acknowledged', { by: acknowledged.by, time: utc(acknowledged.atMs) })
          : say('people.nobody'),
        ...acts.map((act) => actLine(act, words)),
      ],
    ],
  ];
}

function flagsOf(flags: readonly string[], { say, word }: ReportWords): string {
  return flags.length === 0
    ? say('flags.none')
    : say('flags', { flags: flags.map((one) => word('flag', one)).join(', ') });
}

function whereOf({ alert: { where, plot }, site, device, desk }: AlertRecord, words: ReportWords): readonly string[] {
  const { say, word, number } = words;
  const touches = desk?.dwelling?.touches.length ?? 0;
  const released = desk?.dwelling?.released;
  const state = released ? say('dwellings.released', { by: released.by }) : say('dwellings.waits');
  return [
    say('where.box', { site, device }),
    where
      ? say('where.at', {
          // Degrees as instruments and maps take them: with a point in every language.
          ...{ lat: where.lat.toFixed(6), lon: where.lon.toFixed(6) },
          ...{ source: word('source', where.source), m: number(where.ceM, 0) },
        })
      : say('where.none'),
    ...(plot
      ? [
          say('where.plot', {
            ...{ area: number(plot.areaM2, 0), major: number(plot.ellipse.majorM, 1) },
            ...{ minor: number(plot.ellipse.minorM, 1), bearing: number(plot.ellipse.bearingDeg, 0) },
          }),
        ]
      : []),
    ...(touches > 0 ? [say('where.dwellings', { n: touches, state })] : []),
  ];
}

function whyOf({ because }: Alert, words: ReportWords): readonly string[] {
  const { say, number } = words;
  const { rule, score, peak, threshold, model, evidence } = because;
  return [
    say('why.rule', { rule }),
    say('why.score', { score: number(score), peak: number(peak), threshold: number(threshold) }),
    model ? say('why.model', { ...model }) : say('why.noModel'),
    ...evidence.map(({ sensor, quantity, value, unit, u, calibration, flags }) =>
      say(u === null ? 'why.reading.unsure' : 'why.reading', {
        ...{ sensor, quantity, unit, u: u === null ? '' : number(u, 6) },
        value: value === null ? say('value.none') : number(value, 6),
        calibration: calibration ?? say('calibration.none'),
        flags: flagsOf(flags, words),
      }),
    ),
  ];
}

function verdictOf({ verdict, lines }: VerificationAnswer, { say, word }: ReportWords): readonly string[] {
  const told = lines.map(({ ok, text }) => `${say(ok === null ? 'unknown' : ok ? 'ok' : 'wrong')}: ${text}`);
  return [word('verify', verdict), ...(told.length > 0 ? [say('evidence.lines'), ...told] : [])];
}

const actLine = ({ by, role, atMs, deed }: Act, words: ReportWords): string =>
  words.say(role === 'centre' ? 'act.centre' : 'act', {
    time: utc(atMs),
    by: by === 'centre' ? words.word('act', 'centre') : by,
    role: words.word('role', role),
    what: [words.word('act', deed.what), ...detailsOf(deed, words)].join(': '),
  });

/** What beside its name an act says; the words of people as they wrote them. */
function detailsOf(deed: Act['deed'], { word }: ReportWords): readonly string[] {
  const said: (string | null)[] = [];
  if ('outcome' in deed) said.push(word('outcome', deed.outcome));
  if ('unit' in deed) said.push(deed.unit ?? word('act', 'nobody'));
  if ('way' in deed) said.push(word('delivery.way', deed.way));
  if ('to' in deed) said.push(deed.to);
  if ('dwellings' in deed) said.push(String(deed.dwellings.length));
  if ('untilMs' in deed) said.push(word('act', 'until').replace('{time}', utc(deed.untilMs)));
  if ('text' in deed) said.push(deed.text);
  if ('why' in deed) said.push(deed.why);
  if ('reason' in deed) said.push(deed.reason);
  return said.filter((one): one is string => one !== null && one !== '');
}
