/**
 * A file system in memory that loses power. It is crueller than ext4: until it is flushed a change may be lost or not, each by itself
 * and in any order; content that was not flushed may be a part of it. A rename within a folder is one change, as its journal makes it.
 */
import type { Disk } from '../../daemons/core/ports/disk.ts';

interface Entry {
  readonly name: string;
  readonly node: Node | null;
}

/** A folder, a file or a link. An inode: names are in the folders. */
interface Node {
  readonly is: 'folder' | 'file' | 'link';
  /** Of a folder: its names. */
  names: Map<string, Node>;
  /** Names as the medium holds them, and changes that are not flushed, oldest first. */
  flushed: Map<string, Node>;
  pending: (readonly Entry[])[];
  text: string;
  flushedText: string;
}

const fresh = (is: Node['is'], text = ''): Node => ({
  ...{ is, names: new Map(), flushed: new Map(), pending: [], text },
  // What a link names is in its inode, which comes with its name.
  flushedText: is === 'link' ? text : '',
});

export class PowerCut extends Error {}

export interface CutDisk extends Disk {
  /** Changes so far: the places where power can be cut. */
  readonly changes: number;
  /** Power goes before the change of this number, counted from now; null: never. */
  cutAt(change: number | null): void;
  /** What the medium holds after the cut. `chance` gives 0 to 1. */
  restart(chance: () => number): void;
}

export function cutDisk(): CutDisk {
  const root = fresh('folder');
  let changes = 0;
  let left = Number.POSITIVE_INFINITY;

  const change = (): void => {
    if (left <= 0) throw new PowerCut();
    left -= 1;
    changes += 1;
  };
  const parts = (at: string): string[] => at.split('/').filter((one) => one !== '');
  const find = (at: string): Node | null => {
    let node: Node | null = root;
    for (const one of parts(at)) node = node?.names.get(one) ?? null;
    return node;
  };
  const above = (at: string): readonly [Node, string] => {
    const all = parts(at);
    const name = all.pop() ?? '';
    const folder = find(all.join('/'));
    if (!folder) throw new Error(`${at}: no folder`);
    return [folder, name];
  };
  const put = (names: Map<string, Node>, { name, node }: Entry): void => {
    if (node) names.set(name, node);
    else names.delete(name);
  };
  const set = (folder: Node, ...entries: readonly Entry[]): void => {
    for (const one of entries) put(folder.names, one);
    folder.pending.push(entries);
  };
  const flush = (node: Node): void => {
    node.flushedText = node.text;
    node.flushed = new Map(node.names);
    node.pending = [];
  };
  const need = (at: string): Node => {
    const node = find(at);
    if (!node) throw new Error(`${at}: not there`);
    return node;
  };
  const flushAll = (node: Node): void => {
    for (const one of node.names.values()) flushAll(one);
    change();
    flush(node);
  };
  const settle = (node: Node, chance: () => number): void => {
    const names = new Map(node.flushed);
    for (const entries of node.pending) if (chance() < 0.5) for (const one of entries) put(names, one);
    node.names = names;
    if (node.text !== node.flushedText)
      node.text = chance() < 0.5 ? node.flushedText : node.text.slice(0, Math.floor(chance() * (node.text.length + 1)));
    flush(node);
    for (const one of names.values()) settle(one, chance);
  };

  return {
    get changes() {
      return changes;
    },
    cutAt: (at) => {
      left = at ?? Number.POSITIVE_INFINITY;
    },
    restart: (chance) => {
      left = Number.POSITIVE_INFINITY;
      settle(root, chance);
    },
    read: async (file) => find(file)?.text ?? null,
    write: async (file, text) => {
      const [folder, name] = above(file);
      let node = folder.names.get(name);
      if (!node) {
        change();
        node = fresh('file');
        set(folder, { name, node });
      }
      change();
      node.text = text;
    },
    sync: async (at) => {
      change();
      flush(need(at));
    },
    syncTree: async (at) => flushAll(need(at)),
    makeFolder: async (at) => {
      const all = parts(at);
      for (let i = 1; i <= all.length; i++) {
        const [folder, name] = above(all.slice(0, i).join('/'));
        if (folder.names.has(name)) continue;
        change();
        set(folder, { name, node: fresh('folder') });
      }
    },
    rename: async (from, to) => {
      const node = need(from);
      const [old, oldName] = above(from);
      const [folder, name] = above(to);
      change();
      if (old !== folder) throw new Error(`${from}: is not in the folder of ${to}`);
      set(folder, { name: oldName, node: null }, { name, node });
    },
    link: async (target, at) => {
      const [folder, name] = above(at);
      if (folder.names.has(name)) throw new Error(`${at}: is there`);
      change();
      set(folder, { name, node: fresh('link', target) });
    },
    readLink: async (at) => {
      const node = find(at);
      return node?.is === 'link' ? node.text : null;
    },
    list: async (at) => [...(find(at)?.names.keys() ?? [])].toSorted(),
    remove: async (at) => {
      const node = find(at);
      if (!node) return;
      for (const one of [...node.names.keys()]) {
        change();
        set(node, { name: one, node: null });
      }
      const [folder, name] = above(at);
      change();
      set(folder, { name, node: null });
    },
  };
}
