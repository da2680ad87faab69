/** `fieldpost camera render`: a simulated flight under a real log's pose, as pictures, a box's files and the truth. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openLiteRt } from '../../core/adapters/infer.litert.ts';
import { openPictures } from '../../core/adapters/pictures.wasm.ts';
import { loadVision } from '../../core/model/vision.ts';
import { Fault } from '../../core/ports/fault.ts';
import { readFlight } from '../replay-flight.ts';
import type { Season } from '../simulate/aerial/palette.ts';
import { simulatedFlight } from '../simulate/flight/flight.ts';
import { device, layFlight, writeStills, writeVideo } from '../simulate/flight/lay.ts';
import { momentIn } from './moment.ts';

export interface RenderOptions {
  readonly system: number;
  /** As `momentIn` reads it. */
  readonly start: string;
  readonly seconds: number;
  readonly perSecond: number;
  readonly height: number;
  readonly seed: number;
  readonly season: Season;
  readonly plots: number;
  readonly out: string;
  /** Files in place of a video: where there is no ffmpeg. */
  readonly stills: boolean;
  readonly model: string;
  /** Files with public keys. */
  readonly signer: readonly string[];
  readonly broker: readonly string[];
  /** The models folder, that the box's files count from. */
  readonly models: string;
}

/** Says what it wrote. Errors: Fault `absent`, `config`, `protocol`. */
export async function renderFlight(log: string, options: RenderOptions): Promise<string> {
  const { out, perSecond, seconds, model } = options;
  const { told } = readFlight(log, options.system);
  const count = Math.floor(seconds * perSecond);
  if (!(count >= 1)) throw new Fault('config', `--seconds ${seconds} at --per-second ${perSecond}: is no picture`);
  const flight = simulatedFlight({
    ...{ told, count, perSecond, firstNs: momentIn(told, options.start, log) },
    ...{ heightM: options.height, seed: options.seed, season: options.season, plots: options.plots },
  });
  const pictures = await openPictures();
  const jpeg = (index: number): Uint8Array => pictures.encodeJpeg(flight.picture(index), 92);
  mkdirSync(out, { recursive: true });
  const [video, stills] = [path.resolve(out, 'flight.mkv'), path.resolve(out, 'stills')];
  if (options.stills) writeStills(stills, count, jpeg);
  else await writeVideo(video, { count, perSecond }, jpeg);
  const { card, labels, close } = await loadVision({ folder: model, infer: await openLiteRt() });
  await close();
  layFlight({
    ...{
      flight,
      folder: out,
      brokers: options.broker,
      signers: options.signer.map((file) => readFileSync(file, 'utf8')),
    },
    source: options.stills ? { kind: 'folder', folder: stills } : { kind: 'video', file: video, perSecond },
    model: { folder: path.relative(options.models, model), purpose: card.purpose, labels },
  });
  const what = options.stills ? stills : video;
  return `simulated: ${count} pictures in ${what}, ${flight.plots.length} plots in ${path.join(out, 'truth.geojson')}, box ${device} in ${path.join(out, 'config')}`;
}
