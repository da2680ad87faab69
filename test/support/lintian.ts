/** Debian's own judge of packages. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface Said {
  readonly code?: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** What lintian has to say of a package: whether without an error, and its words. */
export async function lintian(deb: string): Promise<{ readonly ok: boolean; readonly words: string }> {
  const words = ['--fail-on', 'error', '--allow-root', deb];
  const { code, stdout, stderr } = await promisify(execFile)('lintian', words, { maxBuffer: 16 << 20 }).then(
    (said): Said => said,
    (error: Said) => error,
  );
  return { ok: code === undefined, words: `${stdout}${stderr}`.trim() };
}
