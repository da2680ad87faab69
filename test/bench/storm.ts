/** A fleet of 5,000 that loses its one broker at once, against the configured rate of connection attempts. */
import process from 'node:process';
import { storm } from '../rigs/storm.ts';
import type { Figure } from './figure.ts';

const devices = 5000;
const attemptsPerS = 200;

export async function ledgerStorm(): Promise<Figure> {
  const verdict = await storm({
    devices,
    attemptsPerS,
    awayMs: 5000,
    limitMs: 300_000,
    say: (text) => void process.stderr.write(`storm: ${text}\n`),
  });
  const { peakPerS, attempts, lateMs, backAfterS, raised, lost, doubled } = verdict;
  return {
    id: 'ledger.storm',
    value: peakPerS,
    unit: 'attempts/s',
    baseline: attemptsPerS,
    ratio: peakPerS / attemptsPerS,
    reach: `<= ${attemptsPerS} attempts/s in any second; lost 0`,
    ok: peakPerS <= attemptsPerS && lost === 0 && doubled === 0 && backAfterS !== null,
    note: `${devices} devices lost one Mosquitto at once for 5 s; ${attempts} attempts; ${raised} alerts raised, ${lost} lost, ${doubled} doubled; all back and settled ${backAfterS === null ? 'never' : `${backAfterS.toFixed(0)} s after the broker`}; timers of the four simulating processes were up to ${lateMs} ms late; baseline: the configured rate`,
  };
}
