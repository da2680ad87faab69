/** A tone and a shake for each severity: told apart in a pocket. Both need a first touch of the page, as browsers ask for. */
type Severity = 'critical' | 'warning' | 'info';

/** Tones as [hertz, ms], with silences of 0 Hz; made here, so that nothing is loaded. */
const tones: Readonly<Record<Severity, readonly (readonly [number, number])[]>> = {
  critical: [
    ...[[988, 180] as const, [0, 90] as const, [988, 180] as const, [0, 90] as const],
    ...[[1319, 420] as const, [0, 160] as const, [988, 180] as const, [0, 90] as const, [1319, 420] as const],
  ],
  warning: [[784, 220] as const, [0, 120] as const, [784, 220] as const],
  info: [[523, 160] as const],
};
export const shakes: Readonly<Record<Severity, readonly number[]>> = {
  critical: [400, 120, 400, 120, 800],
  warning: [300, 150, 300],
  info: [120],
};

export interface Sound {
  /** Makes the sound of a severity, if it may. */
  play(severity: Severity): void;
  setOn(isOn: boolean): void;
}

export function openSound(isOnAtFirst: boolean): Sound {
  let isOn = isOnAtFirst;
  let context: AudioContext | null = null;
  const unlock = (): void => {
    if (!isOn) return;
    context ??= new AudioContext();
    void context.resume();
  };
  document.addEventListener('pointerdown', unlock);
  document.addEventListener('keydown', unlock);
  return {
    play: (severity) => {
      if (!isOn) return;
      if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([...shakes[severity]]);
      if (context?.state === 'running') sound(context, tones[severity]);
    },
    setOn: (next) => {
      isOn = next;
      if (isOn) unlock();
      else void context?.suspend();
    },
  };
}

function sound(context: AudioContext, melody: readonly (readonly [number, number])[]): void {
  let at = context.currentTime + 0.02;
  for (const [hertz, ms] of melody) {
    const seconds = ms / 1000;
    if (hertz > 0) {
      const tone = new OscillatorNode(context, { type: 'square', frequency: hertz });
      // An edge of a hundredth of a second: without it a small speaker only clicks.
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.5, at + 0.01);
      gain.gain.setValueAtTime(0.5, at + seconds - 0.01);
      gain.gain.linearRampToValueAtTime(0, at + seconds);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + seconds);
    }
    at += seconds;
  }
}
