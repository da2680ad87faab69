/** Who is told of what, as dispatch.yaml has it: units and how they are reached, areas, and rules with their chains. */
import * as z from 'zod';
import { languages } from '../ports/notifier.ts';
import { ways } from '../values/delivery.ts';
import { isZone } from './hours.ts';

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/)
  .describe('letters, digits, dots, underscores and hyphens, 1 to 32 of them');

/** Of one unit. Where a way keeps by itself whom it reaches, none is needed: `page`, `web-push`. */
const contacts = z.strictObject({
  ntfy: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/)
    .optional()
    .describe('the topic at the ntfy server; whoever knows it can read it, so it is no plain word'),
  sms: z
    .string()
    .regex(/^\+[1-9][0-9]{6,14}$/)
    .optional()
    .describe('a number with its country, for example +77010000001 (E.164)'),
  email: z
    .string()
    .max(254)
    .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/)
    .optional()
    .describe('one address, for example patrol-1@example.org'),
  webhook: z
    .string()
    .max(2000)
    .regex(/^https?:\/\/[^\s]+$/)
    .optional()
    .describe('the address that is posted to, https://...'),
});

const waitS = z
  .int()
  .min(1)
  .max(86_400)
  .describe('seconds until the next step is taken; after the last: until the chain is over');

const unit = z.strictObject({
  language: z.enum(languages).default('en'),
  contacts: contacts.prefault({}),
  given: z
    .array(z.strictObject({ way: z.enum(ways), waitS }))
    .max(16)
    .default([])
    .describe('how it is told what a dispatcher gives to it by hand, one after the other until it acknowledges'),
});

const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
const ring = z
  .array(position)
  .min(4)
  .max(10_000)
  .refine((points) => points[0]?.join() === points.at(-1)?.join(), { error: 'must end where it begins' });
const area = z
  .union([z.strictObject({ file: z.string().min(1) }), z.strictObject({ rings: z.array(ring).min(1).max(100) })])
  .describe('{ file: of GeoJSON, beside this one } or { rings: [[[longitude, latitude], ...]] }');

const time = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/)
  .describe('in quotes, for example "06:30"');
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const hours = z
  .strictObject({
    from: time,
    to: time,
    zone: z
      .string()
      .refine(isZone, { error: 'must be a time zone as IANA names it, for example Asia/Almaty' })
      .describe('a time zone as IANA names it, for example Asia/Almaty'),
    days: z.array(z.enum(weekdays)).min(1).optional().describe('on which it begins; absent: every day'),
  })
  .refine(({ from, to }) => from !== to, { error: 'from and to are the same; leave hours out for all day' });

const step = z.strictObject({
  unit: name,
  way: z.enum(ways),
  waitS,
  until: z
    .enum(['received', 'seen', 'acknowledged'])
    .default('acknowledged')
    .describe('what of the unit leaves later steps to the same unit out; an acknowledgement ends the chain'),
});

const rule = z.strictObject({
  name,
  severities: z
    .array(z.enum(['info', 'warning', 'critical']))
    .min(1)
    .default(['warning', 'critical']),
  kinds: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9.-]*(\.\*)?$/))
    .min(1)
    .optional()
    .describe('kinds of alerts, for example crop-plot, or vapour.* for all that begin so; absent: all'),
  sites: z.array(z.string().min(1)).min(1).optional().describe('absent: all'),
  area: name
    .optional()
    .describe('one of areas; alerts whose region touches it. Absent: all, and those without a place'),
  hours: hours.optional().describe('by the clock of the centre when the chain begins; absent: at any time'),
  drills: z.boolean().default(false).describe('whether drills are told as well; their site is drill'),
  chain: z.array(step).min(1).max(50),
});

/** The keys of dispatch.yaml that are about units. */
export const deliverySection = z.strictObject({
  origin: z
    .string()
    .regex(/^https?:\/\/[^/\s?#]+$/)
    .optional()
    .describe('where units find the patrol page, for example https://centre.example; absent: messages carry no link'),
  units: z.record(name, unit).default({}),
  areas: z.record(name, area).default({}),
  rules: z.array(rule).max(200).default([]).describe('the first that an alert matches says who is told'),
  flood: z
    .strictObject({
      most: z
        .int()
        .min(1)
        .max(1000)
        .default(5)
        .describe('messages to one unit one way within the window, one an alert'),
      windowS: z.int().min(1).max(86_400).default(300),
      gatherS: z.int().min(1).max(3600).default(20).describe('beyond that alerts wait so long for each other'),
    })
    .prefault({}),
  sendS: z.int().min(1).max(600).default(45).describe('seconds after which a sending is given up'),
});
export type DeliverySection = z.infer<typeof deliverySection>;
export type UnitSection = z.infer<typeof unit>;
export type RuleSection = z.infer<typeof rule>;
export type HoursSection = z.infer<typeof hours>;
export type AreaSection = z.infer<typeof area>;
export type Contact = keyof z.infer<typeof contacts>;
