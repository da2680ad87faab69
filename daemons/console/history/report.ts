/** A report on alerts as PDF: what, when, where, why, and what people did. */
import type { AlertRecord } from '../../core/ports/records.ts';
import type { Act } from '../../core/values/desk.ts';

export interface Reported {
  readonly record: AlertRecord;
  readonly acts: readonly Act[];
  /** What the verification of the evidence said, line by line; null where it was not asked. */
  readonly evidence: readonly string[] | null;
}

const utc = (ms: number): string => `${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)} UTC`;

/** Title and lines of each part, in the order of the paper. Pure. */
export function reportOf({ record, acts, evidence }: Reported): readonly (readonly [string, readonly string[]])[] {
  const { alert, site, device, raisedMs, acknowledged, desk } = record;
  const { where, because, plot } = alert;
  const mark = desk?.drill ? 'DRILL - NOT REAL. ' : alert.flags.includes('simulated') ? 'SIMULATED. ' : '';
  const place = where
    ? [
        `${where.lat.toFixed(6)}, ${where.lon.toFixed(6)} (WGS 84, ${where.source}); within ${where.ceM} m nine times in ten`,
      ]
    : ['no position is known'];
  const ellipse = plot
    ? [
        `ellipse ${plot.ellipse.majorM} m by ${plot.ellipse.minorM} m at ${plot.ellipse.bearingDeg} degrees; area ${plot.areaM2} m2`,
      ]
    : [];
  const readings = because.evidence.map(
    ({ sensor, quantity, value, unit, u, calibration, flags }) =>
      `${sensor} ${quantity}: ${value ?? 'no value'} ${unit}${u === null ? ', uncertainty not known' : ` +- ${u}`}; ` +
      `calibration ${calibration ?? 'none'}; flags ${flags.join(' ') || 'none'}`,
  );
  return [
    [
      `${mark}${alert.kind}`,
      [`alert ${alert.id}, revision ${alert.rev}`, 'This is a lead for a person, not a verdict.'],
    ],
    ['What', [`${alert.severity}, ${alert.certainty}, ${alert.condition}; flags ${alert.flags.join(' ') || 'none'}`]],
    [
      'When',
      [
        `began ${utc(alert.since.wallMs)} by the box (${alert.since.synced ? `within ${alert.since.uncertaintyMs} ms` : 'its clock was not set'})`,
        `came to the centre ${utc(raisedMs)}`,
      ],
    ],
    ['Where', [`site ${site}, box ${device}`, ...place, ...ellipse]],
    [
      'Why',
      [
        because.rule,
        `score ${because.score}, highest ${because.peak}, threshold ${because.threshold}`,
        because.model
          ? `model ${because.model.name} ${because.model.version}, SHA-256 ${because.model.sha256}`
          : 'no model: a rule',
        ...readings,
      ],
    ],
    ['Evidence', evidence ?? ['not verified for this report']],
    [
      'What people did',
      [
        acknowledged ? `acknowledged by ${acknowledged.by}, ${utc(acknowledged.atMs)}` : 'nobody acknowledged it',
        ...acts.map(({ by, role, atMs, deed }) => `${utc(atMs)} ${by} (${role}): ${wordsOf(deed)}`),
      ],
    ],
  ];
}

const wordsOf = ({ what, ...rest }: Act['deed']): string =>
  [what, ...Object.values(rest).map((value) => (Array.isArray(value) ? value.join(', ') : String(value)))].join(' ');

/** The paper; `font` holds Latin, Cyrillic and Kazakh letters. */
export async function pdfOf(all: readonly Reported[], font: Uint8Array): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const bytes = Buffer.from(font);
  // Named at once: otherwise it would look for a font of its own among its files.
  const doc = new PDFDocument({
    size: 'A4',
    margin: 50,
    bufferPages: true,
    font: bytes as never,
    info: { Title: 'Fieldpost: alerts' },
  });
  const parts: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (part: Buffer) => parts.push(part));
    doc.on('end', () => resolve(Buffer.concat(parts)));
    doc.on('error', reject);
  });
  for (const [i, one] of all.entries()) {
    if (i > 0) doc.addPage();
    for (const [title, lines] of reportOf(one)) {
      doc.fontSize(13).text(title).moveDown(0.2).fontSize(9);
      for (const line of lines) doc.text(line);
      doc.moveDown(0.8);
    }
    const { picture } = one.record.alert.plot ?? {};
    if (picture?.jpeg) {
      doc.text(`What was seen, ${picture.metresPerPixel} m a pixel; SHA-256 ${picture.sha256}`).moveDown(0.3);
      try {
        doc.image(Buffer.from(picture.jpeg, 'base64'), { fit: [300, 300] });
      } catch (error) {
        doc.text(`it cannot be drawn: ${(error as Error).message}`);
      }
    }
  }
  // Each page for itself says what it is: papers part.
  const { start, count } = doc.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    doc.switchToPage(page);
    // Below the margin, where text would else begin a page of its own.
    doc.page.margins.bottom = 0;
    doc.fontSize(8).text(`A lead for a person, not a verdict. Page ${page + 1} of ${count}.`, 50, doc.page.height - 35);
  }
  doc.end();
  return whole;
}
