/** A report as PDF, in a typeface with Latin, Cyrillic and Kazakh letters. */
import { type Reported, reportOf } from './report.ts';
import type { ReportWords } from './report-words.ts';

/** In points: A4, with room for a hole punch. */
const marginPt = 50;
const sizes = { title: 15, part: 11, text: 9, foot: 8 } as const;

/** `font`: a TrueType file, of which the letters that are used are put into the paper. */
export async function pdfOf(all: readonly Reported[], font: Uint8Array, words: ReportWords): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const bytes = Buffer.from(font);
  // Named at once: otherwise it would look for a font of its own among its files.
  const doc = new PDFDocument({
    ...{ size: 'A4', margin: marginPt, bufferPages: true, lang: words.language, displayTitle: true },
    font: bytes as never,
    info: { Title: words.say('title') },
  });
  const parts: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (part: Buffer) => parts.push(part));
    doc.on('end', () => resolve(Buffer.concat(parts)));
    doc.on('error', reject);
  });
  for (const [i, one] of all.entries()) {
    if (i > 0) doc.addPage();
    for (const [at, [title, lines]] of reportOf(one, words).entries()) {
      doc
        .fontSize(at === 0 ? sizes.title : sizes.part)
        .text(title)
        .moveDown(0.2)
        .fontSize(sizes.text);
      for (const line of lines) doc.text(line, { lineGap: 1.5 });
      doc.moveDown(0.8);
    }
    const { picture } = one.record.alert.plot ?? {};
    if (picture?.jpeg) {
      doc.text(words.say('picture', { m: words.number(picture.metresPerPixel), sha256: picture.sha256 })).moveDown(0.3);
      try {
        doc.image(Buffer.from(picture.jpeg, 'base64'), { fit: [300, 300] });
      } catch {
        // The library's own words are in English and of no use to whoever reads the paper.
        doc.text(words.say('picture.bad'));
      }
    }
  }
  // Each page for itself says what it is: papers part.
  const { start, count } = doc.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    doc.switchToPage(page);
    // Below the margin, where text would else begin a page of its own.
    doc.page.margins.bottom = 0;
    doc.fontSize(sizes.foot).text(words.say('page', { n: page + 1, count }), marginPt, doc.page.height - 35);
  }
  doc.end();
  return whole;
}
