/** Of many resources those that an answer has room for: the first of each category, then the second ... */
import type { Resource } from './resources.ts';

/** What is shown, in the order of the meta, and how many more there are, by category. */
export interface PickedResources {
  readonly shown: readonly Resource[];
  readonly more: ReadonlyMap<string, number>;
}

/**
 * Chooses them.
 * @param lengthOf how much room one takes, in the same unit as `room`
 */
export function pickResources(
  resources: readonly Resource[],
  lengthOf: (resource: Resource) => number,
  room: number,
): PickedResources {
  const counts = new Map<string, number>();
  const placed = resources.map(resource => {
    const place = counts.get(resource.category) ?? 0;
    counts.set(resource.category, place + 1);
    return { resource, place };
  });
  const shown = new Set<Resource>();
  let left = room;
  for (const { resource } of [...placed].sort((a, b) => a.place - b.place)) {
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
