/** Keys within a list of rows. They work only while the focus is in it, so that they never catch what somebody types or dictates. */

/** Arrows, Home and End go from row to row: each is opened as it gets the focus, which stays in the list. True: the key was one. */
export function goByKey(event: KeyboardEvent, list: HTMLElement, open: (row: HTMLButtonElement) => void): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  // Only from a button: a table within a row is scrolled by the same keys.
  const row = (event.target as Element).closest('button')?.closest('.row');
  if (!row) return false;
  const all = [...list.querySelectorAll<HTMLButtonElement>('.row-open')];
  const at = all.findIndex((one) => row.contains(one));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return false;
  event.preventDefault();
  goTo(all[Math.min(all.length - 1, Math.max(0, to))], open);
  return true;
}

export function goTo(row: HTMLButtonElement | undefined, open: (row: HTMLButtonElement) => void): void {
  if (!row) return;
  row.focus();
  open(row);
}
