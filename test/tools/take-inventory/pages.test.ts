/** Every row is on one page, in order, whatever the sizes of apps; and places that are none. */
import { expect, it } from 'vitest';
import type { Row } from '../../../src/tools/take-inventory/output.ts';
import {
  type AppRows,
  appsFrom,
  pageOf,
  positionText,
  readPosition,
} from '../../../src/tools/take-inventory/pages.ts';

const rowOf = (appId: string, at: number, size: number): Row => ({
  ...{ appId, generation: 'gen1', hosting: 'none', environment: `e${at}` },
  data: ['x'.repeat(size)],
});
const appOf = (name: number, environments: number, size = 300): AppRows => ({
  ...{ target: undefined, appId: `d${name}` },
  rows: Array.from({ length: environments }, (_, at) => rowOf(`d${name}`, at, size)),
});

it('puts each row on one page, in order, also of an app with more rows than a page has', () => {
  const apps = [appOf(1, 3), appOf(2, 60), appOf(3, 1, 9_000), appOf(4, 2)];
  const seen: Row[] = [];
  let position: ReturnType<typeof readPosition> | undefined;
  let pages = 0;
  do {
    const page = pageOf(appsFrom(apps, position), position);
    expect(page.rows.length).toBeGreaterThan(0);
    seen.push(...page.rows);
    position = page.after && readPosition(positionText(page.after), []);
    pages += 1;
  } while (position);
  expect(seen).toEqual(apps.flatMap(({ rows }) => rows));
  expect(pages).toBeGreaterThan(3);
});

it('names the account in a position where there are several', () => {
  const position = { target: 'eu/shop', appId: 'd1shop', shown: 2 };
  expect(readPosition(positionText(position), ['eu/shop', 'us'])).toEqual(position);
  expect(() => readPosition(positionText(position), ['us', 'ap'])).toThrow(/not a value that/);
  expect(() => readPosition('d1shop/2', ['us', 'ap'])).toThrow(/not a value that/);
  expect(() => appsFrom([appOf(1, 1)], { target: undefined, appId: 'd9', shown: 0 })).toThrow(/no longer/);
});
