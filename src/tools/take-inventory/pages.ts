/** Pages of the inventory, and the positions between them. Pure. */
import { ServerError } from '../../errors.ts';
import { quote } from '../../lib/quote.ts';
import type { Row } from './output.ts';

/** Characters of the rows of a page, as JSON. */
const LONGEST_PAGE = 5_500;

/** A position between rows: `shown` rows of the app were shown, and all rows of the apps before it. */
export interface Position {
  readonly target: string | undefined;
  readonly appId: string;
  readonly shown: number;
}

/** Identifies an app. */
type AppOnTarget = Pick<Position, 'target' | 'appId'>;

/** A position as a text: `target/appId/2`. */
export const positionText = ({ target, appId, shown }: Position): string =>
  [...(target === undefined ? [] : [target]), appId, shown].join('/');

/** @throws ServerError invalid_arguments */
export function readPosition(after: string, targets: readonly string[]): Position {
  const match = /^(?:(.{1,255})\/)?([a-z0-9]{1,64})\/(\d{1,6})$/.exec(after);
  const [, target, appId = '', shown] = match ?? [];
  const isKnown = targets.length < 2 ? target === undefined : targets.includes(target ?? '');
  if (match && isKnown) return { target, appId, shown: Number(shown) };
  throw new ServerError('invalid_arguments', {
    message: `after: ${quote(after, 80)} is not a value that take_inventory returned. Nothing was read.`,
    hint: 'Call without after for the first page; each page tells the after of the next one.',
  });
}

/** The apps from a position on. @param apps in the order of the inventory @throws ServerError invalid_arguments where the position's app is gone */
export function appsFrom<App extends AppOnTarget>(
  apps: readonly App[],
  position: Position | undefined,
): readonly App[] {
  if (!position) return apps;
  const at = apps.findIndex(({ target, appId }) => target === position.target && appId === position.appId);
  if (at >= 0) return apps.slice(at);
  throw new ServerError('invalid_arguments', {
    message: `after: the app ${quote(position.appId, 40)} is no longer there. Nothing was read.`,
    hint: 'Call without after for the first page.',
  });
}

/** The rows of one app. */
export interface AppRows extends AppOnTarget {
  readonly rows: readonly Row[];
}

/** One page of rows. */
export interface Page {
  readonly rows: readonly Row[];
  /** Where the next page begins; undefined where no rows are left. */
  readonly after: Position | undefined;
}

const lengthOf = (row: Row) => JSON.stringify(row).length + 1;

/** Fills a page with rows, in the order of the apps. @param position where the page begins */
export function pageOf(apps: readonly AppRows[], position: Position | undefined): Page {
  const rows: Row[] = [];
  let room = LONGEST_PAGE;
  let last = position;
  for (const { target, appId, rows: all } of apps) {
    const isFirst = position?.target === target && position?.appId === appId;
    for (const [at, row] of all.entries()) {
      if (isFirst && at < position.shown) continue;
      room -= lengthOf(row);
      if (room < 0 && rows.length > 0) return { rows, after: last };
      rows.push(row);
      last = { target, appId, shown: at + 1 };
    }
  }
  return { rows, after: undefined };
}
