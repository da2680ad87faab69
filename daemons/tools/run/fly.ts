import { cameraLine } from '../../camera/daemon.ts';
import { loadBox } from '../../core/config/box.ts';
import { recordingOf } from '../camera/fly.ts';
import * as place from '../place.ts';
import type { BoxOptions } from '../verbs/options.ts';
import { daemon } from './daemon.ts';

export interface FlyOptions extends BoxOptions {
  readonly log: string;
  readonly start: string;
  readonly system: number;
  /** Pictures a second; those of the board's video if absent. */
  readonly perSecond?: number;
}

/** A recorded flight through the camera daemon, which takes time from the recording and not from the box's sources. */
export const runFly = ({ config, device, state, feed, log, start, system, perSecond }: FlyOptions): Promise<void> => {
  const box = loadBox(config, device);
  const recording = recordingOf(box, { log, start, system, perSecond: perSecond ?? null });
  return daemon('camera', null, (ctx) => cameraLine({ box, state, feed, models: place.models, recording }, ctx));
};
