import { block, fact } from './alert-facts.ts';
import type { AlertRecord } from './board.ts';
import { el } from './dom.ts';
import { formatMetres } from './format.ts';
import { say } from './text.ts';

type Plot = NonNullable<AlertRecord['alert']['plot']>;

/** The piece of ground that an alert is about: its picture, size, how sure its place is, and who answers for the land. */
export function plotBlock({ alert }: AlertRecord): HTMLElement | null {
  const { plot } = alert;
  if (!plot) return null;
  const { ellipse, zones } = plot;
  const size = say('plot.size.value', { length: formatMetres(plot.lengthM), width: formatMetres(plot.widthM) });
  return block(
    say('plot.title'),
    picture(plot),
    el(
      'dl',
      { class: 'facts' },
      ...fact(say('plot.size'), plot.cut ? say('plot.size.cut', { size }) : size),
      ...fact(say('plot.area'), say('plot.area.value', { area: Math.round(plot.areaM2) })),
      ...fact(
        say('plot.ellipse'),
        say('plot.ellipse.value', {
          major: formatMetres(ellipse.majorM),
          minor: formatMetres(ellipse.minorM),
          bearing: Math.round(ellipse.bearingDeg),
        }),
      ),
      ...fact(say('plot.looks'), say('plot.looks.value', { looks: plot.looks, passes: plot.passes })),
      ...(zones.length === 0
        ? []
        : fact(say('plot.zones'), zones.map(({ name, kind }) => `${say(`zone.${kind}`)}: ${name}`).join('; '))),
    ),
  );
}

function picture({ picture: one }: Plot): HTMLElement {
  if (!one?.jpeg) return el('p', { class: 'note' }, say(one ? 'plot.picture.gone' : 'plot.picture.none'));
  const src = `data:image/jpeg;base64,${one.jpeg}`;
  const { width, height } = one;
  return el(
    'figure',
    { class: 'plot-picture' },
    el('img', { attrs: { src, width, height, alt: say('plot.picture.alt') } }),
    el(
      'figcaption',
      {},
      say('plot.picture.scale', { cm: Math.round(100 * one.metresPerPixel) }),
      el('span', { class: 'hash' }, `sha256 ${one.sha256}`),
    ),
  );
}
