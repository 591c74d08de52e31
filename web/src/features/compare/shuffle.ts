/** An order nobody can foresee (Fisher and Yates). */
export function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

/** Each number below `count` equally likely: what would make the first ones likelier is drawn again. */
function below(count: number): number {
  const fair = 2 ** 32 - (2 ** 32 % count);
  for (;;) {
    const [drawn = fair] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < fair) return drawn % count;
  }
}
