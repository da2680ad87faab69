/** A tone while a critical alert waits for a person. A browser lets a page sound only after a press, so the button says whether it can. */
import { el, setText } from './dom.ts';
import type { Model, View } from './model.ts';
import { ringingIn } from './ringing.ts';
import { keepSound, readSound } from './settings.ts';
import { say } from './text.ts';

/** Between two rings, in ms: often enough for a room, seldom enough to speak in. */
const everyMs = 8000;
/** Two tones, Hz and seconds: told from a telephone, heard by older ears too. */
const tones = [
  [880, 0],
  [660, 0.22],
] as const;
const toneS = 0.18;

function ring(sound: AudioContext): void {
  for (const [hz, afterS] of tones) {
    const at = sound.currentTime + afterS;
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    tone.frequency.value = hz;
    // Rises and falls within hundredths: a tone that begins at once cracks.
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
    volume.gain.linearRampToValueAtTime(0, at + toneS);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + toneS);
  }
}

/** One for the page, whatever language it is drawn in. */
let sound: AudioContext | null = null;
let rungMs = Number.NEGATIVE_INFINITY;

export function alarmButton(): View {
  let isWished = readSound();
  let last: Model | null = null;
  const node = el('button', { class: 'button sound', attrs: { type: 'button' } });
  const press = (): void => {
    // What is wished for and cannot be heard yet is made to sound by the press; what sounds is put off by it.
    isWished = !isWished || sound?.state !== 'running';
    keepSound(isWished);
    if (isWished) sound ??= new AudioContext();
    void (isWished ? sound?.resume() : sound?.suspend())?.then(look);
    rungMs = Number.NEGATIVE_INFINITY;
    look();
  };
  const look = (): void => {
    if (!last) return;
    const n = last.loaded ? ringingIn(last.board, last.nowMs) : 0;
    const isHeard = isWished && sound?.state === 'running';
    const state = !isWished ? 'off' : !isHeard ? 'waits' : n > 0 ? 'rings' : 'on';
    // A sign, so that the bar stays one line in every language; its words are for who hears the page, or points at it.
    setText(node, { off: '♪ ✕', waits: '♪ ?', on: '♪', rings: `♪ ${n}` }[state]);
    const words = say(`sound.${state}`, { n });
    if (node.title !== words) {
      node.title = words;
      node.setAttribute('aria-label', words);
    }
    node.dataset.state = state;
    node.setAttribute('aria-pressed', String(isWished));
    if (state !== 'rings' || !sound || performance.now() - rungMs < everyMs) return;
    rungMs = performance.now();
    ring(sound);
  };
  node.addEventListener('click', press);
  const show = (model: Model): void => {
    last = model;
    look();
  };
  return { node, update: show, tick: show };
}
