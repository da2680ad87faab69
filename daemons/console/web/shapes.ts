import type { Alert } from '../../core/values/alert.ts';
import { svg } from './dom.ts';

/**
 * Severity is told by shape and letter, and only then by colour. Outlines in a 24 by 24 box, drawn in the list as SVG and on
 * the map through Path2D.
 */
export const outlines: Readonly<Record<Alert['severity'], string>> = {
  critical: 'M7.4 1.5h9.2l5.9 5.9v9.2l-5.9 5.9H7.4l-5.9-5.9V7.4z',
  warning: 'M12 1.8 23 21.6H1z',
  info: 'M12 1.8a10.2 10.2 0 1 0 0 20.4a10.2 10.2 0 1 0 0-20.4z',
};

/** A triangle has less room, and lower. */
export const letterPx: Readonly<Record<Alert['severity'], number>> = { critical: 13, warning: 9.5, info: 13 };

export const letterY: Readonly<Record<Alert['severity'], number>> = { critical: 16.6, warning: 18.6, info: 16.6 };

/** A filled shape is an open alert, an empty one with a broken outline is cleared. */
export function severityIcon(severity: Alert['severity'], cleared: boolean, letter: string): SVGSVGElement {
  return svg(
    'svg',
    {
      class: `shape shape-${severity}${cleared ? ' shape-cleared' : ''}`,
      attrs: { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    },
    svg('path', { attrs: { d: outlines[severity] } }),
    svg(
      'text',
      { attrs: { x: 12, y: letterY[severity], 'font-size': letterPx[severity], 'text-anchor': 'middle' } },
      letter,
    ),
  );
}
