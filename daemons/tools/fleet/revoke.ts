/** A lost box: its certificates are taken back, and the audit log says by whom. */
import { deny } from '../pki/authority.ts';
import { withStore } from './rollout.ts';

export async function revokeBox(
  box: string,
  { authority, folder, by, why }: { authority: string; folder: string; by: string; why: string },
): Promise<readonly string[]> {
  const lines = await deny(authority, box, why);
  withStore(folder, (store) => store.note({ box, what: 'revoke', why }, by, Date.now()));
  return lines;
}
