import { createFile } from '../../core/adapters/durable-file.ts';
import { newVapidPem, vapidKeyIn } from '../../core/push/vapid.ts';

/** Makes it, mode 0600, and gives the lines that a person reads: the public half alone. Errors: Fault `config` where the file is there. */
export async function pushKey(file: string): Promise<readonly string[]> {
  const pem = newVapidPem();
  await createFile(file, pem, 0o600);
  return [
    `${file}: keep it; with another key every phone has to be switched on anew`,
    `public key ${vapidKeyIn(pem)?.publicKey}: browsers get it from the console by themselves`,
  ];
}
