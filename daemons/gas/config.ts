import * as z from 'zod';
import { onDemand } from '../core/config/on-demand.ts';
import { safetySection } from './crew/section.ts';
import { changeSection } from './detection/section.ts';
import { corroborateSection } from './grounds/section.ts';
import { plumeSection } from './locating/section.ts';
import { passageSection } from './passage/section.ts';
import { proceduresSection } from './procedures/section.ts';

const count = (what: string) => z.int().min(1).max(1000).describe(what);

const rule = onDemand(() =>
  z
    .strictObject({
      kind: z
        .string()
        .regex(/^[a-z0-9-]{1,32}$/)
        .describe('what it is called in the alert'),
      family: z.literal('evidence').describe('silent on site; what protects the crew latches, and is under gas.safety'),
      severity: z.enum(['info', 'warning', 'critical']),
      score: z
        .union([
          z.literal('model'),
          z.strictObject({ quantity: z.string() }),
          z.strictObject({ change: z.string(), as: z.enum(['target', 'unknown']).optional() }),
        ])
        .describe(
          'model: summed probability of its target labels; {quantity: NAME}: that quantity; {change: NAME}: how far it has been from its baseline, in spreads; with as: only while the model takes the change for that',
        ),
      on: z.number().describe('at or above it counts towards raising'),
      off: z.number().describe('at or below it counts towards clearing; lower than on'),
      raiseAfter: count('looks in a row at or above on'),
      clearAfter: count('looks in a row at or below off'),
      principle: z
        .enum(['electrochemical', 'photo-ionisation', 'metal-oxide'])
        .optional()
        .describe('of its sensor: two rules of different ones that are on together corroborate each other'),
      gas: z.string().optional().describe('what it is for; absent: it may be any, and every context may explain it'),
      supports: z
        .literal(true)
        .optional()
        .describe('it raises nothing itself: it only corroborates other rules while it is on'),
      budgetPerHour: z
        .number()
        .positive()
        .max(10)
        .optional()
        .describe('false alarms per hour that `on` was set to, from quiet hours; stands in the alert'),
    })
    .refine((one) => one.off < one.on, { path: ['off'], error: 'must be lower than on, or the alert flickers' }),
);

/** The `gas` section of a profile. */
export const gasSection = onDemand(() =>
  z.strictObject({
    samplePeriodMs: z.int().min(20).max(3_600_000).describe('milliseconds between readings of a sensor'),
    telemetry: z
      .strictObject({
        batch: z.int().min(1).max(10_000).default(200).describe('values in one telemetry envelope'),
        holdMs: z
          .int()
          .min(0)
          .max(60_000)
          .default(10_000)
          .describe('longest time telemetry waits for the disk: a power cut may cost it'),
      })
      .prefault({}),
    window: z
      .strictObject({
        samples: z.int().min(3).max(600).default(10),
        learnWindows: z.int().min(1).max(1000).default(3),
        band: z.number().positive().default(0.08).describe('|ln(level/baseline)| that freezes the baseline'),
        follow: z.number().min(0).max(1).default(0.02).describe('share of a quiet window that goes into the baseline'),
      })
      .prefault({}),
    model: z
      .strictObject({
        folder: z.string().describe('folder of the model, from the models folder'),
        purpose: z.string().describe('the exact purpose on its card'),
        labels: z.array(z.string()).min(2).describe('the exact labels on its card, in order'),
      })
      .optional()
      .describe('absent: no classification on this box'),
    evidence: z
      .strictObject({
        sealEveryMs: z
          .int()
          .min(1000)
          .default(600_000)
          .describe('longest time between two signatures over what was kept; every alert is signed at once'),
        stateEveryMs: z
          .int()
          .min(1000)
          .default(600_000)
          .describe('how often the memory of the line is put on record: a replay starts at the latest one before'),
      })
      .prefault({}),
    heldEveryMs: z.int().min(1000).default(15_000).describe('how often an alert that goes on says so'),
    healthEveryMs: z.int().min(1000).default(60_000),
    procedures: proceduresSection.describe('what a technician does at the post'),
    safety: safetySection.describe('what protects the crew at the post: it latches, and sounds there'),
    passage: passageSection.optional().describe('a checkpoint: absent where no vehicle passes'),
    change: changeSection,
    corroborate: corroborateSection.describe('what a claim may rest on beside a second principle'),
    plume: plumeSection.optional(),
    context: z
      .array(z.enum(['livestock', 'fertiliser', 'paint', 'traffic']))
      .default([])
      .describe('what stands near this post: it lowers what is claimed, is named in the alert and hides nothing'),
    rules: z.array(rule).max(32),
  }),
);

export type GasSection = z.infer<typeof gasSection>;
