import type { Arrival } from '../../daemons/core/ports/records.ts';
import { envelopeText } from '../../daemons/core/ports/spool.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { noHash } from '../../daemons/core/values/envelope.ts';
import type { Stamp } from '../../daemons/core/values/stamp.ts';

export const stampAt = (wallMs: number): Stamp => ({
  wallMs,
  monoNs: wallMs * 1e6,
  boot: '6b0f2c1e-0000-4000-8000-000000000001',
  synced: true,
  uncertaintyMs: 12,
});

/** An alert as a gas post would raise it; `news` changes what a test is about. Simulated, and it says so. */
export function sampleAlert(id: string, news: Partial<Alert> = {}, wallMs = Date.now()): Alert {
  return {
    id,
    rev: 1,
    kind: 'vapour.ammonia',
    family: 'evidence',
    severity: 'critical',
    condition: 'raised',
    certainty: 'indication',
    at: stampAt(wallMs),
    since: stampAt(wallMs - 8000),
    because: {
      rule: 'score >= 0.80 in 3 of 5 windows; clears below 0.60 for 60 s',
      score: 0.91,
      peak: 0.94,
      threshold: 0.8,
      model: { name: 'gas-vapour', version: '1.0.0', sha256: 'a3f1'.repeat(16) },
      evidence: [
        {
          sensor: 'nh3-a',
          quantity: 'ammonia',
          value: 18.42,
          unit: 'ppm',
          u: 0.61,
          calibration: 'cal-2024-nh3-a-3',
          flags: ['simulated'],
        },
        {
          sensor: 'mox-a',
          quantity: 'mox-1',
          value: 0.412,
          unit: '1',
          u: null,
          calibration: null,
          flags: ['simulated', 'uncalibrated'],
        },
        {
          sensor: 'th-a',
          quantity: 'temperature',
          value: null,
          unit: 'C',
          u: null,
          calibration: null,
          flags: ['simulated', 'timeout'],
        },
      ],
    },
    where: { lat: 51.1694, lon: 71.4491, ceM: 150, source: 'surveyed' },
    expiresMs: wallMs + 600_000,
    flags: ['simulated'],
    ...news,
  };
}

/** The alert as it would arrive at the centre. */
export function alertArrival(alert: Alert, seq: number, device = 'post-7', site = 'north'): Arrival {
  const envelope = {
    v: 1 as const,
    device,
    spool: 'b1c2d3e4',
    stream: 'alert' as const,
    seq,
    at: alert.at,
    prev: noHash,
    salt: '0'.repeat(32),
    body: alert,
  };
  return { site, text: envelopeText(envelope), envelope };
}
