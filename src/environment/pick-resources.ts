/** Picks the resources that an answer has room for: the first of each category, then the second of each ... */
import type { Resource } from './resources.ts';

/** The picked resources, in the order of the meta, and how many more there are, by category. */
export interface PickedResources {
  readonly shown: readonly Resource[];
  readonly more: ReadonlyMap<string, number>;
}

/**
 * Picks resources.
 * @param lengthOf how much room one resource takes, in the unit of `room`
 */
export function pickResources(
  resources: readonly Resource[],
  lengthOf: (resource: Resource) => number,
  room: number,
): PickedResources {
  const counts = new Map<string, number>();
  const ranked = resources.map(resource => {
    const rank = counts.get(resource.category) ?? 0;
    counts.set(resource.category, rank + 1);
    return { resource, rank };
  });
  const shown = new Set<Resource>();
  let left = room;
  for (const { resource } of [...ranked].sort((a, b) => a.rank - b.rank)) {
    const length = lengthOf(resource);
    if (length > left) continue;
    shown.add(resource);
    left -= length;
  }
  const more = new Map<string, number>();
  for (const { category } of resources.filter(resource => !shown.has(resource)))
    more.set(category, (more.get(category) ?? 0) + 1);
  return { shown: resources.filter(resource => shown.has(resource)), more };
}
