/**
 * The highest seq that a stream holds; 0 when it holds none. `after(seq)` gives the lowest one above `seq`, or null: some
 * forty looks into the tree for any stream, where walking it would read everything.
 */
export async function newestOf(after: (seq: number) => Promise<number | null>): Promise<number> {
  let newest = (await after(0)) ?? 0;
  if (newest === 0) return 0;
  let step = 1;
  for (let found = await after(newest + step - 1); found !== null; found = await after(newest + step - 1)) {
    newest = found;
    step *= 2;
  }
  // Something may lie above `newest`, but nothing from `newest + step` on.
  while (step > 1) {
    step /= 2;
    const found = await after(newest + step - 1);
    if (found !== null) newest = found;
  }
  return newest;
}
