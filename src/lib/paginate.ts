/**
 * Splits items into pages, in order. Each page is as full as `most` allows; a larger item has a page of its own. There is
 * always a first page.
 */
export function pagesOf<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  most: number,
): Item[][] {
  let page: Item[] = [];
  const pages = [page];
  let size = 0;
  for (const item of items) {
    const more = sizeOf(item);
    if (page.length > 0 && size + more > most) {
      page = [];
      pages.push(page);
      size = 0;
    }
    page.push(item);
    size += more;
  }
  return pages;
}
