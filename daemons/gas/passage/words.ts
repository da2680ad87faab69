/** What is told of a passage: by number, never by plate. */
import { belowLod, isBelowLod } from '../../core/values/lod.ts';
import type { Said } from '../sensor-event.ts';
import type { Blind, Passage } from './passage.ts';
import type { PassageSection } from './section.ts';

const why: Readonly<Record<NonNullable<Passage['why']>, string>> = {
  'no baseline': 'too little clean air was measured before it',
  'unclean baseline': 'the air before it was not clean',
  'too short': 'it stood in the window for too short a time',
  'loop stuck': 'the window did not close: see the loop or the beam',
  'loop chatters': 'the loop or beam came and went faster than any vehicle',
  'loop lost': 'the loop or beam could not be read meanwhile',
  exhaust: 'exhaust was in the air, and the gas may be of the engine; ask for the engine to be stopped',
  'no value': 'the analyzer gave no value',
  purging: 'the line still held the air of the one before',
  followed: 'the next vehicle came before its air was through',
  restart: 'the box started anew',
};

/** An officer decides what follows; the box says what it measured. */
export function passageEvent(one: Passage, { value, unit, lod, lodSource, exhaust }: PassageSection): Said {
  const { passage, result, above } = one;
  const height = above === null ? 'no value' : isBelowLod(above, lod) ? belowLod : `${above.toPrecision(3)} ${unit}`;
  const blind = exhaust ? '' : '; nothing here tells exhaust from gas';
  const of = {
    'nothing above LOD': `nothing above LOD (${lod} ${unit} of ${value} above the air before it)${blind}`,
    indication: `indication: ${height} of ${value} above the air before it, LOD ${lod} ${unit}; an officer decides on a secondary inspection${blind}`,
    'not measured': `not measured: ${one.why ? why[one.why] : 'no reason is known'}; it says nothing of the vehicle`,
  }[result];
  return {
    type: 'passage',
    severity: result === 'nothing above LOD' ? 'info' : 'warning',
    message: `passage ${passage}: ${of}`,
    detail: {
      passage,
      result,
      why: one.why,
      above,
      shown: height,
      quantity: value,
      unit,
      lod,
      lodSource,
      openedS: one.openedS,
      closedS: one.closedS,
    },
  };
}

const unseen: Readonly<Record<Blind, string>> = {
  'loop stuck':
    'says for longer than any vehicle stands that one stands there: see whether one does, then its cable and its detector',
  'loop chatters': 'comes and goes faster than any vehicle: see its contact, its cable and the setting of its detector',
  'loop lost': 'cannot be read: see its cable and the chip of its line',
};

/** What is told when the window of a checkpoint is no longer seen, and, with null, when it is again. */
export function windowEvent(why: Blind | null, { window }: PassageSection): Said {
  if (why === null)
    return {
      type: 'window-seen',
      severity: 'info',
      message: `the loop or beam (${window}) says again what stands in the window; passages are measured after clean air`,
      detail: { quantity: window },
    };
  return {
    type: 'window-blind',
    severity: 'error',
    message: `the loop or beam (${window}) ${unseen[why]}; until then no passage is measured, and vehicles may pass uncounted`,
    detail: { quantity: window, why },
  };
}
