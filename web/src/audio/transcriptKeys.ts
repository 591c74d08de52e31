/** Where the keys of a transcript lead, from word to word. */

/** Null for a key that leads nowhere. `from` is -1 before the first. */
export function wordFor(key: string, list: HTMLElement, from: number): number | null {
  const last = list.children.length - 1;
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, from + 1);
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'ArrowDown':
      return line(list, Math.max(0, from), 1);
    case 'ArrowUp':
      return line(list, Math.max(0, from), -1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

/** The word above or below. */
function line(list: HTMLElement, from: number, way: 1 | -1): number {
  const place = (index: number) => list.children.item(index)?.getBoundingClientRect();
  const here = place(from);
  if (!here) return from;
  let found = from;
  let top: number | null = null;
  let nearest = Infinity;
  for (let index = from + way; index >= 0 && index < list.children.length; index += way) {
    const there = place(index);
    if (!there || Math.abs(there.top - here.top) < here.height / 2) continue;
    top ??= there.top;
    if (Math.abs(there.top - top) > here.height / 2) break;
    const apart = Math.abs(there.left - here.left);
    if (apart < nearest) {
      nearest = apart;
      found = index;
    }
  }
  return found;
}
