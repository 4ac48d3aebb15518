/**
 * Runs an asynchronous function on each item, at most `most` at a time.
 * @returns the results in the order of the items @throws what `run` throws first
 */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  most: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const work = async () => {
    for (const [at, item] of rest) results[at] = await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
  return results;
}
