/** What a technician sees of a procedure, as text: the terminal and the phone's page show the same. Pure. */
import { belowLod, isBelowLod } from '../values/lod.ts';
import type { Running, SeenLine, View } from './link.ts';
import type { WordKey } from './words/en.ts';
import { type Say, wordFor } from './words.ts';

export interface Screen {
  readonly title: string;
  readonly step: string;
  /** The one thing to do, in big letters; and a sentence more. */
  readonly big: string;
  readonly more: string;
  readonly tone: 'do' | 'wait' | 'good' | 'bad';
  readonly reading: string;
  /** How steady the reading is, and the countdown. */
  readonly steadiness: string;
  readonly countdown: string;
  readonly notes: readonly string[];
  readonly taken: readonly string[];
  readonly may: { readonly next: boolean; readonly abort: boolean; readonly extend: boolean; readonly close: boolean };
}

/** Minutes and seconds, `4:05`. */
export const clockOf = (seconds: number): string => {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

/** A value to three digits that count, and never less than its second decimal. */
export const figure = (value: number | null): string =>
  value === null
    ? '--'
    : (value + 0).toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2).replace(/^-(0\.?0*)$/, '$1');

export function screenOf({ live, unit, quantity, running, line }: View, say: Say): Screen {
  const below = live !== null && isBelowLod(live.value, live.lod);
  const reading = live?.value == null ? say('live.gap') : below ? belowLod : `${figure(live.value)} ${unit}`;
  const measured = below ? [say('live.below', { value: figure(live.value), lod: figure(live.lod ?? null), unit })] : [];
  if (!running)
    return {
      title: wordFor(say, 'quantity', quantity),
      step: '',
      big: '',
      more: '',
      tone: 'wait',
      reading,
      steadiness: '',
      countdown: '',
      notes: measured,
      taken: [],
      may: { next: false, abort: false, extend: false, close: true },
    };
  const stage = running.stages[running.at] ?? '';
  const { stability, readyInS, ending, over, mine } = running;
  const asks = running.phase === 'ask';
  return {
    title: `${say(`kind.${running.kind}`)}: ${wordFor(say, 'quantity', quantity)}`,
    step: `${say('live.step', { at: running.at + 1, of: running.stages.length })}: ${wordFor(say, 'stage', stage)}`,
    ...instruction(running, stage, say),
    ...(isLineStage(stage) && line && !running.ending ? lineInstruction(line, stage, say) : {}),
    reading,
    steadiness: stability ? wordFor(say, 'state', stability.state) : '',
    countdown: over ? '' : countdownOf(readyInS, running.givesUpInS, say),
    notes: [...measured, ...notesOf(running, unit, say)],
    taken: running.taken
      .filter((one) => one.stage !== 'ambient')
      .map((one) =>
        say('taken.line', {
          stage: wordFor(say, 'stage', one.stage),
          applied: figure(one.applied),
          shown: figure(one.shown),
          unit,
        }),
      ),
    may: {
      next: mine && !over && (asks || stage === 'purge'),
      abort: mine && ending === null,
      extend: mine && !over,
      close: over,
    },
  };
}

const countdownOf = (readyInS: number | null, givesUpInS: number, say: Say): string =>
  readyInS !== null && readyInS > 0
    ? say('live.ready', { time: clockOf(readyInS) })
    : say('live.gives-up', { time: clockOf(givesUpInS) });

function notesOf({ over, endsInS, alarm, lost, mine }: Running, unit: string, say: Say): string[] {
  if (over) return [];
  const notes = [say('live.inhibited', { time: clockOf(endsInS) })];
  if (alarm) notes.push(alarm.tripped ? say('live.tripped') : say('live.alarm', { on: alarm.on, unit }));
  if (lost) notes.push(say('live.lost'));
  if (!mine) notes.push(say('live.watching'));
  return notes;
}

type LineStage = 'flow' | 'leak';
const isLineStage = (stage: string): stage is LineStage => stage === 'flow' || stage === 'leak';

/** What the line measures, and whether it is well: in the place of what a person would look at. Empty: nothing measures it. */
function lineInstruction({ flow, vacuum, faults }: SeenLine, stage: LineStage, say: Say): Partial<Screen> {
  const gauges = [
    flow && say('line.flow', { value: figure(flow.value), unit: flow.unit, band: bandOf(flow) }),
    vacuum && say('line.vacuum', { value: figure(vacuum.value), unit: vacuum.unit, band: bandOf(vacuum) }),
  ].filter((one) => one !== null);
  const verdict = faults.length === 0 ? say('line.well') : faults.map((one) => wordFor(say, 'line', one)).join(' ');
  const byLine = stage === 'flow' ? flow !== null : (vacuum?.least ?? flow?.most ?? null) !== null;
  const more = [...gauges, verdict, ...(byLine ? [] : [say(`do.${stage}.more`)])].join(' ');
  return { more, ...(faults.length > 0 ? { tone: 'bad' } : {}) };
}

const bandOf = ({ least, most }: { least: number | null; most: number | null }): string =>
  `${least === null ? '' : figure(least)}..${most === null ? '' : figure(most)}`;

type Instruction = Pick<Screen, 'big' | 'more' | 'tone'>;

function instruction(running: Running, stage: string, say: Say): Instruction {
  const { gas, phase, ending, over } = running;
  if (ending) return ended(running, say);
  const told = (key: 'flow' | 'leak' | 'ambient' | 'remove' | 'recover' | 'keep' | 'purge', tone: 'do' | 'wait') => ({
    big: say(`do.${key}`),
    more: say(`do.${key}.more`),
    tone,
  });
  if (over) return { big: say('do.over'), more: say('do.over.more'), tone: 'good' };
  if (stage === 'flow' || stage === 'leak') return told(stage, 'do');
  if (stage === 'ambient' || stage === 'keep') return told(stage, 'wait');
  if (stage === 'recovery') return phase === 'ask' ? told('remove', 'do') : told('recover', 'wait');
  if (stage === 'purge' || !gas) return told('purge', 'do');
  const word = wordFor(say, 'gas', gas.gas).toUpperCase();
  const name = gas.applied === 0 ? word : `${word} ${gas.applied} ${gas.unit}`;
  const { id, lot, applied, unit } = gas;
  if (phase === 'ask')
    return {
      big: say('do.connect', { gas: name }),
      more: say('do.connect.more', { id, lot, applied, unit }),
      tone: 'do',
    };
  return { big: say('do.hold', { gas: name }), more: say('do.hold.more'), tone: 'wait' };
}

function ended({ ending, over }: Running, say: Say): Instruction {
  const good = ending?.result === 'adjusted' || ending?.result === 'passed';
  const sentences = [
    ...(ending?.reason ? [wordFor(say, 'reason', ending.reason)] : []),
    // The program that refused has said it in English, with its numbers.
    ...(ending?.why ? [`(${ending.why})`] : []),
    ...(ending?.result === 'adjusted' ? [] : [say('stands')]),
    over ? say('do.over.more') : `${say('do.purge')}. ${say('do.purge.more')}`,
  ];
  const key: WordKey = `result.${ending?.result ?? 'aborted'}`;
  return { big: say(key), more: sentences.join(' '), tone: good ? 'good' : 'bad' };
}
