/** Refuses arguments that state no change, or a value that AWS cannot take. Pure. */
import { isObject, type Json } from '../../lib/json.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import type { Category } from '../shared/snapshot/read.ts';
import { refuse } from './merge-values.ts';

/** Whether any value is stated. An empty list counts, because it replaces a list. */
const statesAny = (value: unknown): boolean =>
  isObject(value)
    ? Object.values(value).some(statesAny)
    : value !== undefined && value !== null && value !== '';

const REMOVALS: Readonly<Record<Category, string>> = {
  auth: 'a social sign-in is removed with removeProviders',
  api: 'types are removed with types.remove',
  storage: 'permissions are removed with an empty list',
};

/** A redirect goes to a web address or into an app: `myapp://home`. */
const isAddress = (value: unknown) => typeof value === 'string' && URL.canParse(value);

const addressLists = ['redirectSignInURIs', 'redirectSignOutURIs'];

/** @throws ServerError invalid_arguments */
function checkValue(value: unknown, path: string, name: string): void {
  if (isObject(value)) {
    for (const [inner, of] of Object.entries(value)) checkValue(of, `${path}.${inner}`, inner);
    return;
  }
  if (!Array.isArray(value)) return;
  const texts = value.map(item => JSON.stringify(item));
  const repeated = value.find((_, at) => texts.indexOf(texts[at] ?? '') !== at);
  if (repeated !== undefined)
    throw refuse(`${quoteName(path)} names ${quoteJson(repeated, 100)} twice: name it once.`);
  const wrong = addressLists.includes(name) ? value.find(item => !isAddress(item)) : undefined;
  if (wrong !== undefined)
    throw refuse(`${quoteName(path)}: ${quoteJson(wrong, 100)} is not a URL such as https://example.com/.`);
}

/** @throws ServerError invalid_arguments */
export function checkStated(category: Category, stated: Json): void {
  if (!statesAny(stated))
    throw refuse(
      `${category} states nothing to change: an empty value means that it stays as it is.`,
      `State the new value; ${REMOVALS[category]}.`,
    );
  checkValue(stated, category, category);
}
