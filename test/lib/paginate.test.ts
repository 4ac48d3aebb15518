/** Pages: every item once, in order, within the given size. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pagesOf } from '../../src/lib/paginate.ts';

it('holds every item once, and no more on a page than fits', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 100 }), (sizes, most) => {
      const pages = pagesOf(sizes, size => size, most);
      expect(pages.flat()).toEqual(sizes);
      expect(pages.length).toBeGreaterThan(0);
      for (const page of pages)
        if (page.length > 1) expect(page.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(most);
    }),
  );
});

it('fills a page before it begins the next', () => {
  expect(pagesOf([4, 4, 4, 9, 1], size => size, 8)).toEqual([[4, 4], [4], [9], [1]]);
  expect(pagesOf([], () => 1, 8)).toEqual([[]]);
});
