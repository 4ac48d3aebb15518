/** The line that sums an answer up. */
import { expect, it } from 'vitest';
import { headline } from '../../src/lib/outline.ts';

it.each([
  [{ backendEnvironmentList: ['dev', 'prod'] }, 'backendEnvironmentList: dev, prod.'],
  [{ buckets: [{ name: 'a', creationDate: 'x' }, { name: 'b' }] }, 'buckets: a, b.'],
  [{ items: Array.from({ length: 12 }, (_, at) => `n${at}`) }, /n9, and 2 more\.$/],
  [{ items: [{ id: 1 }, { name: 'b' }] }, 'items: 2 items.'],
  [{ items: [] }, 'items: 0 items.'],
  [{}, 'Done; AWS answers nothing else.'],
])('%j is summed up by the names of its things', (value, line) => {
  const text = headline(value);
  if (typeof line === 'string') expect(text).toBe(line);
  else expect(text).toMatch(line);
});
