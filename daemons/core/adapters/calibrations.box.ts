import path from 'node:path';
import type { Calibrations } from '../ports/calibrations.ts';
import { openCalibrations } from './calibrations.lowdb.ts';
import { openSigner } from './signer.pem.ts';

/** The calibration records in the state folder of a box, for a reader beside the gas daemon. Errors: as `openCalibrations`. */
export function openBoxCalibrations(state: string, device: string): Promise<Calibrations> {
  const { signer } = openSigner(path.join(state, 'identity', 'device.key'));
  return openCalibrations(path.join(state, 'calibrations.json'), { device, signer });
}
