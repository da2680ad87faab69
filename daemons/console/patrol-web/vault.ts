/**
 * What the phone keeps: enciphered (AES-GCM) under a key that no script can take out, in IndexedDB. It guards against scripts and copies of single
 * files; whoever has the whole unlocked phone has the key as well. So it is deleted: when the centre says so, and after a time without the centre.
 */
import type { Vault } from './kept.ts';
import { type Keep, memoryKeep, type Word } from './queue.ts';

const dbName = 'fieldpost-patrol';
const stores = { key: 'key', kept: 'kept', words: 'words' } as const;

interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function openDb(): Promise<IDBDatabase> {
  const request = indexedDB.open(dbName, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(stores.key);
    request.result.createObjectStore(stores.kept);
    request.result.createObjectStore(stores.words, { keyPath: 'n', autoIncrement: true });
  };
  return asked(request);
}

/** Resolves when it is on the disk, as far as a browser says. */
function changed(
  db: IDBDatabase,
  names: readonly string[],
  change: (of: (name: string) => IDBObjectStore) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction([...names], 'readwrite', { durability: 'strict' });
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
    change((name) => transaction.objectStore(name));
  });
}

/** Only while there is a key: what was on its way when all was deleted does not come back. */
function put(db: IDBDatabase, name: string, value: unknown, key?: string): Promise<void> {
  return changed(db, [name, stores.key], (of) => {
    of(stores.key).getKey('key').onsuccess = ({ target }) => {
      if ((target as IDBRequest<IDBValidKey | undefined>).result !== undefined) of(name).put(value, key);
    };
  });
}

async function keyIn(db: IDBDatabase): Promise<CryptoKey> {
  const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  // The page and its worker may open at once: the key that was there first is the key.
  await changed(db, [stores.key], (of) => {
    const store = of(stores.key);
    store.openKeyCursor('key').onsuccess = ({ target }) => {
      if (!(target as IDBRequest<IDBCursor | null>).result) store.put(fresh, 'key');
    };
  });
  return asked(db.transaction(stores.key).objectStore(stores.key).get('key') as IDBRequest<CryptoKey>);
}

/** In memory alone where the browser keeps nothing: the page says so. */
export async function openVault(): Promise<Vault> {
  try {
    const db = await openDb();
    // Whoever wipes closes every other one that is open.
    db.onversionchange = () => db.close();
    return lasting(db, await keyIn(db));
  } catch {
    // Storage is forbidden, full, or of a private window.
    return fleeting();
  }
}

function lasting(db: IDBDatabase, firstKey: CryptoKey): Vault {
  let key: CryptoKey | null = firstKey;
  /** Null: all was deleted, and nobody logged in since. */
  const seal = async (value: unknown): Promise<Sealed | null> => {
    if (key === null) return null;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(value));
    return { iv, bytes: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, text) };
  };
  /** Null: it cannot be read any more. */
  const unseal = async <T>(sealed: Sealed | undefined): Promise<T | null> => {
    if (!sealed || key === null) return null;
    try {
      const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, key, sealed.bytes);
      return JSON.parse(new TextDecoder().decode(text)) as T;
    } catch {
      return null;
    }
  };
  type Row = Sealed & { readonly n: number; readonly key: string };
  const rows = (): Promise<Row[]> =>
    asked(db.transaction(stores.words).objectStore(stores.words).getAll() as IDBRequest<Row[]>);
  const words: Keep = {
    all: async () => {
      const opened = await Promise.all((await rows()).map((row) => unseal<Word>(row)));
      return opened.filter((one) => one !== null);
    },
    put: async (word) => {
      const [sealed, old] = [await seal(word), (await rows()).find((row) => row.key === word.key)];
      if (sealed) await put(db, stores.words, { ...sealed, key: word.key, ...(old && { n: old.n }) });
    },
    drop: async (wordKey) => {
      const old = (await rows()).find((row) => row.key === wordKey);
      if (old) await changed(db, [stores.words], (of) => of(stores.words).delete(old.n));
    },
  };
  return {
    isLasting: true,
    words,
    read: async (name) => unseal(await asked(db.transaction(stores.kept).objectStore(stores.kept).get(name))),
    write: async (name, value) => {
      const sealed = await seal(value);
      if (sealed) await put(db, stores.kept, sealed, name);
    },
    names: async () => (await asked(db.transaction(stores.kept).objectStore(stores.kept).getAllKeys())).map(String),
    remove: (name) => changed(db, [stores.kept], (of) => of(stores.kept).delete(name)),
    reopen: async () => {
      key ??= await keyIn(db);
    },
    wipe: async () => {
      key = null;
      const all = Object.values(stores);
      await changed(db, all, (of) => {
        for (const name of all) of(name).clear();
      });
    },
  };
}

function fleeting(): Vault {
  const kept = new Map<string, string>();
  let words = memoryKeep();
  return {
    isLasting: false,
    get words() {
      return words;
    },
    read: async <T>(name: string) => JSON.parse(kept.get(name) ?? 'null') as T | null,
    write: async (name, value) => void kept.set(name, JSON.stringify(value)),
    names: async () => [...kept.keys()],
    remove: async (name) => void kept.delete(name),
    reopen: async () => {},
    wipe: async () => {
      kept.clear();
      words = memoryKeep();
    },
  };
}
