/** What the link `current` of the agent's folder names: the program and configuration that a daemon of this box is started with. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface InForce {
  /** The executable of a release; null: that of the package. */
  readonly release: string | null;
  readonly config: string;
  /** Folder of models; null: the program's own. */
  readonly models: string | null;
}

/** What is not there falls back to what was laid on the box: something always runs. `deploy/systemd/start` says the same in sh. */
export function inForceIn(folder: string, laid: string): InForce {
  const release = path.join(folder, 'current', 'release', 'fieldpost');
  const [config, models] = ['config', 'models'].map((one) => path.join(folder, 'current', one)) as [string, string];
  return {
    release: existsSync(release) ? release : null,
    config: existsSync(config) ? config : laid,
    models: existsSync(models) ? models : null,
  };
}
