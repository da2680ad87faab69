/** Alerts as CSV (RFC 4180). Pure. */
import type { AlertRecord } from '../../core/ports/records.ts';

const iso = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString());

type Cell = string | number | boolean | null | undefined;
const columns: readonly (readonly [string, (record: AlertRecord) => Cell])[] = [
  ['id', ({ alert }) => alert.id],
  ['drill', ({ desk }) => desk?.drill ?? false],
  ['simulated', ({ alert }) => alert.flags.includes('simulated')],
  ['committed_utc', ({ raisedMs }) => iso(raisedMs)],
  ['began_utc_by_box', ({ alert }) => iso(alert.since.wallMs)],
  ['site', ({ site }) => site],
  ['device', ({ device }) => device],
  ['kind', ({ alert }) => alert.kind],
  ['family', ({ alert }) => alert.family],
  ['severity', ({ alert }) => alert.severity],
  ['certainty', ({ alert }) => alert.certainty],
  ['condition', ({ alert }) => alert.condition],
  ['latitude', ({ alert }) => alert.where?.lat],
  ['longitude', ({ alert }) => alert.where?.lon],
  ['radius90_m', ({ alert }) => alert.where?.ceM],
  ['score', ({ alert }) => alert.because.score],
  ['threshold', ({ alert }) => alert.because.threshold],
  ['rule', ({ alert }) => alert.because.rule],
  ['flags', ({ alert }) => alert.flags.join(' ')],
  ['acknowledged_by', ({ acknowledged }) => acknowledged?.by],
  ['acknowledged_utc', ({ acknowledged }) => iso(acknowledged?.atMs)],
  ['unit', ({ desk }) => desk?.assigned],
  ['outcome', ({ desk }) => desk?.resolved?.outcome],
  ['resolved_by', ({ desk }) => desk?.resolved?.by],
  ['resolved_utc', ({ desk }) => iso(desk?.resolved?.atMs)],
  ['resolution', ({ desk }) => desk?.resolved?.text],
  ['duplicate_of', ({ desk }) => desk?.duplicateOf],
  ['dwellings', ({ desk }) => desk?.dwelling?.touches.join('; ')],
];

/**
 * One field. A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection); numbers
 * are ours and stay numbers.
 */
export function field(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const plain = /^[\s]*[=+\-@\t\r\n|]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

const row = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
export const csvHead = row(columns.map(([name]) => name));
export const csvRow = (record: AlertRecord): string => row(columns.map(([, of]) => field(of(record))));
