/** Pages of the inventory, and the places between them. Pure. */
import { ServerError } from '../../errors.ts';
import { quote } from '../../lib/quote.ts';
import type { Row } from './output.ts';

/** Characters of the rows of a page, as JSON. */
const LONGEST_PAGE = 5_500;

/** A place between rows: so many rows of that app were shown, and all of the apps before it. */
export interface Place {
  readonly target: string | undefined;
  readonly appId: string;
  readonly shown: number;
}

/** Where an app is. */
type Where = Pick<Place, 'target' | 'appId'>;

/** A place as a text: `target/appId/2`. */
export const afterText = ({ target, appId, shown }: Place): string =>
  [...(target === undefined ? [] : [target]), appId, shown].join('/');

/** @throws ServerError invalid_arguments */
export function readAfter(after: string, targets: readonly string[]): Place {
  const match = /^(?:(.{1,255})\/)?([a-z0-9]{1,64})\/(\d{1,6})$/.exec(after);
  const [, target, appId = '', shown] = match ?? [];
  const isKnown = targets.length < 2 ? target === undefined : targets.includes(target ?? '');
  if (match && isKnown) return { target, appId, shown: Number(shown) };
  throw new ServerError('invalid_arguments', {
    message: `after: ${quote(after, 80)} is no place in an inventory. Nothing was read.`,
    hint: 'Call without after for the first page; each page tells the after of the next one.',
  });
}

/** The apps from a place on; all where the place's app is no longer there. @param apps in the order of the inventory */
export function appsFrom<App extends Where>(apps: readonly App[], place: Place | undefined): readonly App[] {
  if (!place) return apps;
  const at = apps.findIndex(({ target, appId }) => target === place.target && appId === place.appId);
  if (at >= 0) return apps.slice(at);
  throw new ServerError('invalid_arguments', {
    message: `after: the app ${quote(place.appId, 40)} is no longer there. Nothing was read.`,
    hint: 'Call without after for the first page.',
  });
}

/** The rows of one app. */
export interface AppRows extends Where {
  readonly rows: readonly Row[];
}

/** A page being filled with the rows of apps, in their order. */
export interface Page {
  readonly rows: readonly Row[];
  /** Where the next page begins; undefined while all rows have fitted. */
  readonly after: Place | undefined;
}

const lengthOf = (row: Row) => JSON.stringify(row).length + 1;

/** Fills a page. @param place where the page begins */
export function pageOf(apps: readonly AppRows[], place: Place | undefined): Page {
  const rows: Row[] = [];
  let room = LONGEST_PAGE;
  let last = place;
  for (const { target, appId, rows: all } of apps) {
    const isFirst = place?.target === target && place?.appId === appId;
    for (const [at, row] of all.entries()) {
      if (isFirst && at < place.shown) continue;
      room -= lengthOf(row);
      if (room < 0 && rows.length > 0) return { rows, after: last };
      rows.push(row);
      last = { target, appId, shown: at + 1 };
    }
  }
  return { rows, after: undefined };
}
