/** The camera daemon, and verbs for whoever aims a camera or tunes what it sees. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { RenderOptions } from '../camera/render.ts';
import * as place from '../place.ts';
import type { FlyOptions } from '../run/fly.ts';
import { type BoxOptions, list, number, onBox, stopWithParent, whole } from './options.ts';

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
    await (await import('../run/camera.ts')).runCamera(options);
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
  addRecorded(camera);
}

const ofLog = (verb: Command): Command =>
  verb
    .option('--start <when>', "when the first picture was taken: seconds since the log's first word, or a time", '0')
    .option('--system <id>', 'whose words count in a .tlog', whole, 1);

function addRecorded(camera: Command): void {
  ofLog(
    onBox(camera, 'fly', 'a recorded flight through the camera daemon: its pictures, and its log in place of the feed'),
  )
    .requiredOption('--log <file>', 'the flight log: .tlog or .ulg')
    .option('--per-second <n>', "pictures a second; those of the board's video if absent", number)
    .action(async (options: FlyOptions) => {
      if (options.withParent) stopWithParent();
      await (await import('../run/fly.ts')).runFly(options);
    });
  ofLog(camera.command('replay'))
    .description(
      'a recorded flight as a page: pictures, boxes, outlines and a slider for the threshold; nothing is kept or sent',
    )
    .requiredOption('--config <folder>', 'folder with devices/, boards/ and profiles/')
    .requiredOption('--device <name>', 'which of devices/')
    .requiredOption('--log <file>', 'the flight log: .tlog or .ulg')
    .requiredOption('--page <file>', 'the HTML file to write; it needs no other and no network')
    .option('--per-second <n>', "pictures a second; those of the board's video if absent", number)
    .action(async ({ config, device, perSecond, ...rest }: FlyOptions & { page: string }) => {
      const [{ loadBox }, { replayCamera }] = await Promise.all([
        import('../../core/config/box.ts'),
        import('../camera/replay/replay.ts'),
      ]);
      const options = { ...rest, perSecond: perSecond ?? null, models: place.models };
      process.stdout.write(`${await replayCamera(loadBox(config, device), options)}\n`);
    });
  ofLog(camera.command('render'))
    .description("a simulated flight: rendered country under a log's pose, with a box's files and where its plots are")
    .argument('<log>', 'the flight log: .tlog or .ulg')
    .requiredOption('--out <folder>', 'where pictures, config/ and truth.geojson go')
    .option('--seconds <n>', 'how long', number, 60)
    .option('--per-second <n>', 'pictures a second', number, 1)
    .option('--height <m>', "how far the country lies under the log's mean height", number, 80)
    .option('--seed <n>', 'which country', whole, 1)
    .option('--season <name>', 'spring, summer, autumn or dry', 'summer')
    .option('--plots <n>', 'how many', whole, 3)
    .option('--stills', 'files in place of a video', false)
    .option('--model <folder>', 'what is to look for them', path.join(place.models, 'crop-plot'))
    .option('--signer <pem>', 'public key of who vouches for the model; may be given again', list, [])
    .option('--broker <url>', 'where the box is to deliver to; may be given again', list, [])
    .action(async (log: string, options: Omit<RenderOptions, 'models'>) => {
      const { renderFlight } = await import('../camera/render.ts');
      process.stdout.write(`${await renderFlight(log, { ...options, models: place.models })}\n`);
    });
}
