/** How a DJI dock is reached (board file, section `dji`), and what is asked of it (profile, section `dji`). */
import * as z from 'zod';
import type { Board } from '../core/config/box.ts';
import { requireEncryption } from '../core/config/broker-url.ts';
import { parseValue } from '../core/config/parse.ts';
import { Fault } from '../core/ports/fault.ts';

const serial = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe('the serial number as DJI writes it: it stands in topics');

export const djiWiring = z.strictObject({
  broker: z
    .string()
    .regex(/^mqtts?:\/\/[^\s/]+$/)
    .describe('the broker that the dock itself is connected to: mqtts://host:port, or mqtt:// on this machine'),
  login: z
    .boolean()
    .default(false)
    .describe('true: with user and password of STATE/identity/dji/login.json; the identity for mqtts is there too'),
  dock: serial,
  drone: serial.optional().describe('of the drone that lives in it; another one is told of and not read'),
  answeredBy: z
    .enum(['this-box', 'another-platform'])
    .describe(
      'who is the cloud server of this dock. this-box: what asks for a reply gets it, once it is kept; ' +
        'another-platform: this box listens beside it and publishes nothing',
    ),
  geoidM: z
    .number()
    .min(-120)
    .max(100)
    .optional()
    .describe('geoid above the ellipsoid at this place: DJI tells ellipsoid heights. Absent: no height above the sea'),
  gimbal: z
    .strictObject({
      payload: z
        .string()
        .regex(/^\d{1,5}-\d{1,5}-\d{1,5}$/)
        .describe('type-subtype-gimbalindex, for example 80-0-0'),
      yawFrom: z.enum(['north', 'vehicle']).describe('what its yaw is against: the documentation does not say'),
    })
    .optional()
    .describe('absent: no attitude of a gimbal is told'),
  live: z
    .strictObject({
      camera: z
        .string()
        .regex(/^[a-z0-9-]{1,32}$/)
        .describe('a camera of this board with a source of kind rtsp'),
    })
    .optional()
    .describe('which camera reads the livestream of this dock from the media server'),
});
export type DjiWiring = z.infer<typeof djiWiring>;

const ms = (low: number, high: number) => z.int().min(low).max(high);

export const djiSection = z.strictObject({
  silentMs: ms(5000, 3_600_000).default(30_000).describe('a dock that says nothing for so long is told as silent'),
  lateMs: ms(1000, 600_000).default(5000).describe('messages that took so much longer than others are told as late'),
  weather: z.strictObject({
    maxWindMs: z.number().positive().max(60),
    maxRain: z.int().min(0).max(3).default(0).describe('0 none, 1 light, 2 moderate, 3 heavy, in the words of DJI'),
  }),
  ready: z.strictObject({
    batteryPercent: z.number().min(0).max(100),
    freeMB: z.number().min(0).describe('on the storage of the dock'),
    freshMs: ms(2000, 600_000).default(15_000).describe('older than this a value is not known; a dock tells every 2 s'),
  }),
  raw: z
    .strictObject({
      megabytes: z.int().min(1).max(100_000).default(200).describe('10^6 bytes of messages as they came'),
      days: z.int().min(1).max(36_500).default(90),
      holdMs: ms(0, 60_000).default(10_000).describe('gathered in memory for so long: spares the card'),
    })
    .prefault({}),
  answerAgainMs: ms(1000, 3_600_000)
    .default(60_000)
    .describe('what comes again sooner is a redelivery and was answered; later the dock has not heard the reply'),
  healthEveryMs: ms(1000, 3_600_000).default(60_000),
});
export type DjiSection = z.infer<typeof djiSection>;

/** What a schema cannot say. Errors: Fault `config`, in the words of a technician. */
export function checkDji({ dji, dock, cameras }: Board, file: string): DjiWiring {
  const wiring = parseValue(`${file} dji`, dji ?? {}, djiWiring);
  requireEncryption(`${file} dji.broker`, [wiring.broker]);
  if (dock)
    throw new Fault('config', `${file} dji: beside a section dock; a box has one feed, and one of the two tells it`);
  if (wiring.drone === wiring.dock)
    throw new Fault('config', `${file} dji.drone: is the serial number of the dock; must be the drone's own`);
  const wanted = wiring.live?.camera;
  const camera = cameras.find(({ id }) => id === wanted);
  if (wanted !== undefined && camera?.source.kind !== 'rtsp')
    throw new Fault(
      'config',
      `${file} dji.live.camera: "${wanted}" is no camera of this board with a source of kind rtsp; must be the one that ` +
        'reads the media server to which the dock streams',
    );
  return wiring;
}
