/**
 * What the cloud server of a dock answers (Cloud-API-Doc, "Topic Definition" for the shapes, "Get configuration" and
 * "Organization" for the requests). Facts about who and where only: nothing here asks a dock or a drone to do anything.
 */
import * as z from 'zod';
import type { Message } from './message.ts';
import type { Answered } from './topics.ts';

/** STATE/identity/dji/platform.json: what DJI gave whoever runs this platform. Secret, and never in an event. */
export const platform = z.strictObject({
  ntpHost: z.string().min(1).max(253),
  ntpPort: z.int().min(1).max(65_535).default(123),
  appId: z.string().min(1).max(64),
  appKey: z.string().min(1).max(256),
  appLicense: z.string().min(1).max(4096),
  organization: z.strictObject({
    id: z.string().min(1).max(128),
    name: z.string().min(1).max(128),
    bindingCode: z.string().min(1).max(128),
  }),
});
export type Platform = z.infer<typeof platform>;

export interface Knows {
  readonly platform: Platform | null;
  /** The serial numbers that the board file names. */
  readonly serials: readonly string[];
}

/** "Non-0 means error": the documentation lists none for a platform. */
const refused = 1;
/** The error code of the documentation's own example of a refused binding. */
const notBound = 210_231;

/** The text of the reply. Null: a request that this platform has no answer for is told so by `result`, never left out. */
export function replyTo(
  way: Answered,
  { tid, bid, gateway, method, data }: Message,
  sentMs: number,
  knows: Knows,
): string {
  const exchange = { tid, bid, timestamp: sentMs, ...(method === null ? {} : { method }) };
  // The reply of `status` has no gateway in the documentation, the two others have.
  if (way === 'status') return JSON.stringify({ ...exchange, data: { result: 0 } });
  const head = { ...exchange, ...(gateway === null ? {} : { gateway }) };
  if (way === 'events') return JSON.stringify({ ...head, data: { result: 0 } });
  return JSON.stringify({ ...head, data: answerTo(method, data, knows) });
}

/** Whether a request was answered with what it asked for. */
export const isAnswered = (method: string | null, { platform: own }: Knows): boolean =>
  own !== null && method !== null && Object.hasOwn(answers, method);

function answerTo(method: string | null, data: Message['data'], { platform: own, serials }: Knows): unknown {
  const answer = method !== null && Object.hasOwn(answers, method) ? answers[method] : undefined;
  return own && answer ? answer(data, own, new Set(serials)) : { result: refused };
}

type Answer = (data: Message['data'], own: Platform, serials: ReadonlySet<string>) => unknown;

const serialsIn = (list: unknown): readonly Readonly<Record<string, unknown>>[] =>
  z
    .array(z.looseObject({ sn: z.string().max(64) }))
    .max(16)
    .catch([])
    .parse(list);

const answers: Readonly<Record<string, Answer>> = {
  // The one reply whose fields stand in `data` itself.
  config: (_data, { ntpHost, ntpPort, appId, appKey, appLicense }) => ({
    ...{ ntp_server_host: ntpHost, ntp_server_port: ntpPort },
    ...{ app_id: appId, app_key: appKey, app_license: appLicense },
  }),
  airport_bind_status: ({ devices }, { organization }, serials) => ({
    result: 0,
    output: {
      bind_status: serialsIn(devices).map(({ sn }) => ({
        sn,
        is_device_bind_organization: serials.has(String(sn)),
        ...{ organization_id: organization.id, organization_name: organization.name, device_callsign: String(sn) },
      })),
    },
  }),
  airport_organization_get: ({ organization_id: id, device_binding_code: code }, { organization }) =>
    id === organization.id && code === organization.bindingCode
      ? { result: 0, output: { organization_name: organization.name } }
      : { result: refused },
  airport_organization_bind: ({ bind_devices: devices }, { organization }, serials) => ({
    result: 0,
    output: {
      err_infos: serialsIn(devices).map((one) => ({
        sn: one.sn,
        err_code:
          serials.has(String(one.sn)) &&
          one.organization_id === organization.id &&
          one.device_binding_code === organization.bindingCode
            ? 0
            : notBound,
      })),
    },
  }),
};
