/** The camera daemon, and verbs for whoever aims a camera or tunes what it sees. */
import process from 'node:process';
import type { Command } from 'commander';
import * as place from '../place.ts';
import { type BoxOptions, daemon, number, onBox, stopWithParent } from './options.ts';

interface TryFlags {
  model: string;
  out: string;
  gsd?: number;
  ios: number;
  perSecond: number;
  json: boolean;
}

export function addCamera(program: Command): void {
  const camera = program.command('camera').description('look at the ground from the air; see what a camera model sees');
  // What `fieldpost camera` alone does: its options are not those of the verbs beside it.
  onBox(camera, 'run', 'say where what is seen lies, raise alerts', true).action(async (options: BoxOptions) => {
    if (options.withParent) stopWithParent();
    await daemon('camera', options, async (ctx) => {
      const [{ loadBox }, { cameraLine }] = await Promise.all([
        import('../../core/config/box.ts'),
        import('../../camera/daemon.ts'),
      ]);
      const box = loadBox(options.config, options.device);
      const { state, feed } = options;
      await cameraLine({ box, state, feed, models: place.models }, ctx);
    });
  });
  camera
    .command('try')
    .description('draw what a model sees; nothing is activated, kept or sent')
    .argument('<input>', 'a picture, a folder of pictures or a video')
    .requiredOption('--model <folder>', 'folder with card.json')
    .requiredOption('--out <folder>', 'where the drawn pictures go')
    .option('--gsd <cm>', 'ground sample distance, cm a pixel: how far tiles overlap', number)
    .option('--ios <share>', 'overlap by the smaller from which on sightings of tiles are one', number, 0.5)
    .option('--per-second <n>', 'frames a second that are taken out of a video', number, 1)
    .option('--json', 'a line of JSON a frame', false)
    .action(async (input: string, { model, out, gsd, ios, perSecond, json }: TryFlags) => {
      const { tryCamera } = await import('../camera/try.ts');
      process.exitCode = await tryCamera(input, { model, out, gsdCm: gsd ?? null, ios, perSecond, json });
    });
  camera
    .command('sign')
    .description('vouch for a model: writes the signature of its card beside it')
    .argument('<folder>', 'folder with card.json')
    .requiredOption('--key <file>', 'private key of whoever vouches, P-256 in PEM; it stays off the box')
    .action(async (folder: string, { key }: { key: string }) => {
      const { signModel } = await import('../camera/sign.ts');
      process.stdout.write(`${signModel(folder, key)}\n`);
    });
}
