/**
 * What is said on the control link of the gas daemon: one JSON value a line over a unix socket in the box's state folder.
 * Whoever may open the socket may drive a procedure: its mode is 0660, and the group is the technicians'.
 */
import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';
import { alarmStatus, longestMuteMinutes } from './alarm-link.ts';
import { passagesReply } from './passage-link.ts';

/** Longest line in each direction, in characters. */
export const longestRequest = 4096;
export const longestReply = 1_000_000;

const id = z.string().min(1).max(128);
/** `sensor/quantity`. */
export const target = z.string().regex(/^[a-z0-9-]{1,32}\/[a-z0-9-]{1,32}$/);

/** A pseudonym, as everywhere: never a name. */
export const technician = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,31}$/);

export const request = onDemand(() =>
  z.discriminatedUnion('ask', [
    /** Live readings of one channel from here on, and its procedure if one runs. */
    z.object({ ask: z.literal('watch'), target }),
    z.object({
      ask: z.literal('begin'),
      target,
      kind: z.enum(['adjustment', 'check', 'bump']),
      by: technician,
      /** Ids of gases of the box. */
      span: id,
      zero: id.nullish(),
      second: id.nullish(),
      /** Further levels of an adjustment, fitted with zero and span. */
      levels: z.array(id).max(8).nullish(),
      /** An adjustment of the gain alone: no zero gas, and a second level that must agree. */
      gainOnly: z.boolean().nullish(),
      /** Why a gas whose certificate has expired is used all the same. */
      reason: z.string().max(200).nullish(),
    }),
    /** The technician who began it is back. */
    z.object({ ask: z.literal('resume'), target, procedure: id }),
    z.object({ ask: z.literal('next') }),
    z.object({ ask: z.literal('abort') }),
    /** More time before the hard timeout. */
    z.object({ ask: z.literal('extend'), reason: z.string().max(200).nullish() }),
    /** Ends the inhibition that a restart left behind: the line is purged, says the technician. */
    z.object({ ask: z.literal('release'), target, by: technician }),
    z.object({ ask: z.literal('records'), target }),
    z.object({ ask: z.literal('alive') }),
    /** The crew's alarm: each is answered with its status. */
    z.object({ ask: z.literal('alarm') }),
    z.object({ ask: z.literal('alarm-reset'), by: technician }),
    z.object({ ask: z.literal('alarm-mute'), by: technician, minutes: z.number().positive().max(longestMuteMinutes) }),
    /** A checkpoint's passages, and what an officer found after one. */
    z.object({ ask: z.literal('passages') }),
    /** How the post is at work, and what must not be disturbed: the agent asks. */
    z.object({ ask: z.literal('post') }),
    z.object({ ask: z.literal('passage-decide'), passage: z.int().min(1), found: z.boolean(), by: technician }),
  ]),
);
export type Request = z.infer<typeof request>;
export type AlarmRequest = Extract<Request, { ask: 'alarm' | 'alarm-reset' | 'alarm-mute' }>;
export type PassageRequest = Extract<Request, { ask: 'passages' | 'passage-decide' }>;
/** What the workbench of procedures is asked. */
export type ProcedureRequest = Exclude<Request, AlarmRequest | PassageRequest | { ask: 'post' }>;

const gas = onDemand(() =>
  z.looseObject({
    id,
    gas: z.string(),
    applied: z.number(),
    unit: z.string(),
    lot: z.string(),
    certificate: z.string(),
    expiresMs: z.number(),
    balance: z.string().nullable(),
    humidity: z.enum(['dry', 'humid']).nullable(),
    /** Relative standard uncertainty (k = 1); null where none is stated. */
    uRelative: z.number().nullable(),
    /** Quantities it is meant for; empty: any. */
    for: z.array(z.string()),
  }),
);
export type Cylinder = z.infer<typeof gas>;

const channel = onDemand(() =>
  z.looseObject({
    target,
    sensor: z.string(),
    serial: z.string(),
    part: z.string(),
    quantity: z.string(),
    unit: z.string(),
    t90S: z.number(),
    alarmOn: z.number().nullable(),
    inForce: z.looseObject({ id, atMs: z.number(), validUntilMs: z.number() }).nullable(),
  }),
);
export type TargetChannel = z.infer<typeof channel>;

const ending = onDemand(() =>
  z.looseObject({
    result: z.enum(['adjusted', 'passed', 'failed', 'aborted']),
    reason: z.string().nullable(),
    why: z.string().nullable(),
  }),
);

const taken = onDemand(() =>
  z.looseObject({
    stage: z.string(),
    applied: z.number(),
    read: z.number(),
    uRead: z.number(),
    shown: z.number().nullable(),
    uShown: z.number().nullable(),
  }),
);

const running = onDemand(() =>
  z.looseObject({
    id,
    kind: z.enum(['adjustment', 'check', 'bump']),
    by: z.string(),
    /** Whether who hears this drives it. */
    mine: z.boolean(),
    stages: z.array(z.string()),
    at: z.int().min(0),
    phase: z.enum(['ask', 'run']),
    /** What must be at the inlet in this stage. */
    connect: z.enum(['ambient', 'zero', 'span', 'second', 'level']),
    gas: gas.nullable(),
    stability: z
      .looseObject({
        state: z.enum(['waiting', 'filling', 'moving', 'noisy', 'stable']),
        slope: z.number().nullable(),
        spread: z.number().nullable(),
        mean: z.number().nullable(),
      })
      .nullable(),
    /** Seconds: until a reading can be taken at the earliest; until this stage gives up; until the hard timeout. */
    readyInS: z.number().nullable(),
    givesUpInS: z.number(),
    endsInS: z.number(),
    extensions: z.int(),
    lost: z.boolean(),
    alarm: z.looseObject({ on: z.number(), tripped: z.boolean() }).nullable(),
    taken: z.array(taken),
    ending: ending.nullable(),
    over: z.boolean(),
    /** Id of the record that came of it. */
    record: id.nullable(),
  }),
);
export type Running = z.infer<typeof running>;

const gauge = onDemand(() =>
  z.looseObject({
    value: z.number().nullable(),
    unit: z.string(),
    /** Its band; null: open on that side. */
    least: z.number().nullable(),
    most: z.number().nullable(),
  }),
);
const line = onDemand(() =>
  z.looseObject({
    line: z.string(),
    /** null: nothing measures it. */
    flow: gauge.nullable(),
    vacuum: gauge.nullable(),
    /** Faults of the line as they are flagged; empty: it is well. */
    faults: z.array(z.string()),
  }),
);
export type SeenLine = z.infer<typeof line>;

const view = onDemand(() =>
  z.looseObject({
    target,
    unit: z.string(),
    quantity: z.string(),
    live: z
      .looseObject({
        atMs: z.number(),
        value: z.number().nullable(),
        u: z.number().nullable(),
        flags: z.array(z.string()),
        /** Limit of detection in the unit of the value; null or absent: not known. */
        lod: z.number().nullish(),
      })
      .nullable(),
    inhibited: z.boolean(),
    /** The sampling line that brings its air; null or absent: it has none that is watched. */
    line: line.nullish(),
    running: running.nullable(),
  }),
);
export type View = z.infer<typeof view>;

const exposed = onDemand(() =>
  z.looseObject({
    serial: z.string(),
    quantity: z.string(),
    atMs: z.number(),
    doseHours: z.number(),
    condensationHours: z.number(),
  }),
);

export const reply = onDemand(() =>
  z.discriminatedUnion('say', [
    z.looseObject({
      say: z.literal('box'),
      device: z.string(),
      simulated: z.boolean(),
      targets: z.array(channel),
      gases: z.array(gas),
    }),
    /** Values of the last minutes, oldest first: [monotonic ms, value or null]. */
    z.looseObject({ say: z.literal('trace'), target, points: z.array(z.tuple([z.number(), z.number().nullable()])) }),
    z.looseObject({ say: z.literal('view'), view }),
    z.looseObject({
      say: z.literal('post'),
      /** Readings of its sensors since it started: with a value, and without. */
      good: z.int().min(0),
      gaps: z.int().min(0),
      /** Channels that a technician has in hand. */
      inHand: z.array(z.string()),
      /** Kinds of alerts that are not over, and gases whose alarm is latched. */
      raised: z.array(z.string()),
      /** Channels whose calibration is over. */
      overdue: z.array(z.string()).optional(),
      /** Share of readings without a value or with a flag since the start, by sensor. */
      flagged: z.record(z.string(), z.number()).optional(),
    }),
    /** `unasked`: said at the beginning of a connection, of what is missing here; no answer to a request. */
    z.looseObject({ say: z.literal('refused'), message: z.string(), unasked: z.literal(true).optional() }),
    /** `told`: what became of the command, in words; null for a mere question. */
    passagesReply,
    z.looseObject({ say: z.literal('alarm'), status: alarmStatus, told: z.string().nullable() }),
    z.looseObject({
      say: z.literal('records'),
      target,
      records: z.array(z.unknown()),
      /** What the part was exposed to, each day's end and now. */
      exposed: z.array(exposed).nullish(),
    }),
  ]),
);
export type Reply = z.infer<typeof reply>;
