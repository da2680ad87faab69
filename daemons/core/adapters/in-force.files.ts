/** What the link `current` of the agent's folder names: the program and configuration that a daemon of this box is started with. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface InForce {
  /** The executable of a release; null: that of the package. */
  readonly release: string | null;
  readonly config: string;
}

/** What is not there falls back to what was laid on the box: something always runs. `deploy/systemd/start` says the same in sh. */
export function inForceIn(folder: string, laid: string): InForce {
  const release = path.join(folder, 'current', 'release', 'fieldpost');
  const config = path.join(folder, 'current', 'config');
  return { release: existsSync(release) ? release : null, config: existsSync(config) ? config : laid };
}
