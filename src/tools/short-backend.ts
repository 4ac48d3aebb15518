/**
 * `get_backend` as its caller sees it: the whole answer where it is short, or the part that was asked for, or of each
 * resource what identifies it. Workflows and resources read the whole, which goes past this.
 */

import type { Outcome } from '../call/dispatch.ts';
import { refUri } from '../call/environment-view.ts';
import { subjectFailureCodes } from '../call/read-environment.ts';
import { readEnvironment, shortMeta } from '../environment/index.ts';
import { ServerError, toServerError } from '../errors.ts';
import { isObject, type Json, memberOf, textOf } from '../lib/json.ts';
import { jsonText, quote, quoteName, quoteNames } from '../lib/quote.ts';

/** Characters of the answer as a text; its notes come on top. */
const LONGEST = 10_000;
/** Of a document that cannot be read. */
const LONGEST_START = 1_000;

const FLAGS = 'amplifyFeatureFlags';
const META = 'amplifyMetaConfig';

const lengthOf = (document: unknown) => jsonText(document).length;

/** Where a category ends and a resource's name begins. */
function partNames(part: string): readonly [category: string, name?: string] {
  const at = part.indexOf('/');
  return at < 0 ? [part] : [part.slice(0, at), part.slice(at + 1)];
}

function refuseUnknown(part: string, meta: unknown): never {
  const [category, name] = partNames(part);
  const resources = memberOf(meta, category);
  const isNoName = name !== undefined && isObject(resources);
  const there = isNoName ? Object.keys(resources) : isObject(meta) ? [...Object.keys(meta), FLAGS] : [FLAGS];
  throw new ServerError('not_found', {
    message: `${META} has no ${quote(part)}; ${isNoName ? 'that category' : 'it'} has (quoted data): ${quoteNames(there)}.`,
    hint: 'Call again with one of these as part.',
  });
}

/** The answer with one part of it alone. @throws RegisteredError not_found */
function partOf(answer: Json, part: string): Json {
  const { [META]: meta, [FLAGS]: flags, ...rest } = answer;
  if (part === FLAGS) return { ...rest, ...(flags !== undefined && { [FLAGS]: flags }) };
  const [category, name] = partNames(part);
  const resources = memberOf(meta, category);
  const chosen = name === undefined ? resources : memberOf(resources, name);
  if (chosen === undefined) refuseUnknown(part, meta);
  return { ...rest, [META]: { [category]: name === undefined ? chosen : { [name]: chosen } } };
}

/** A document that was passed on as text, because it cannot be read. */
const startOf = (document: unknown) =>
  typeof document === 'string' && document.length > LONGEST_START
    ? `${document.slice(0, LONGEST_START)}…`
    : document;

interface Shortened {
  readonly answer: Json;
  /** A clause each. */
  readonly leftOut: readonly string[];
}

async function shortened({ [FLAGS]: flags, ...whole }: Json): Promise<Shortened> {
  const leftOut = flags === undefined ? [] : [`${FLAGS} are left out (part: "${FLAGS}" shows them)`];
  if (whole[META] === undefined) return { answer: whole, leftOut };
  const environment = await readEnvironment({ appId: '', environment: '', meta: whole[META] });
  if (environment.state === 'unreadable')
    return {
      answer: { ...whole, [META]: startOf(whole[META]) },
      leftOut: [...leftOut, `of ${META} the beginning is shown`],
    };
  const room = LONGEST - lengthOf({ ...whole, [META]: {} });
  const short = shortMeta(environment, meta => lengthOf({ [META]: meta }), room);
  return {
    answer: { ...whole, [META]: short.meta },
    leftOut: [...leftOut, `${META} is shortened: it is without ${short.leftOut}`],
  };
}

/** How to get the rest. */
function restText({ appId, backendEnvironmentName }: Json): string {
  const [app, environment] = [textOf(appId), textOf(backendEnvironmentName)];
  const uri =
    app !== undefined && environment !== undefined
      ? `; all of it is the resource ${refUri({ appId: app, backendEnvironmentName: environment })}`
      : '';
  return `One category or resource at a time: get_backend with part, as in "function" or "function/NAME"${uri}.`;
}

/**
 * A refusal to read an environment, with what it means where AWS lists that environment all the same.
 * @param list reads the app without an environment
 */
export async function withListing(
  thrown: unknown,
  args: unknown,
  list: (args: Json) => Promise<Outcome>,
): Promise<ServerError> {
  const failure = toServerError(thrown);
  const name = textOf(memberOf(args, 'backendEnvironmentName'));
  if (name === undefined || !subjectFailureCodes.has(failure.code)) return failure;
  const { backendEnvironmentName: _, part: __, ...app } = args as Json;
  const listed = await list(app).catch(() => undefined);
  const names = listed?.answer.backendEnvironmentList;
  if (!Array.isArray(names) || !names.includes(name)) return failure;
  const mayHelp = failure.retryable || failure.code === 'access_denied';
  return new ServerError(failure.code, {
    message: `${quoteName(name)} is listed but unreadable. ${failure.message}`,
    hint: `${mayHelp ? `${failure.hint} ` : ''}describe_environment says what else is known of it, and what to do.`,
    requestId: failure.requestId,
    cause: failure,
  });
}

/**
 * The outcome as it is shown.
 * @param args the arguments of the call, which were checked
 * @throws RegisteredError not_found where a part is asked for that is not there
 */
export async function shortBackend(outcome: Outcome, args: unknown): Promise<Outcome> {
  const { answer: whole, notes } = outcome;
  if (whole[META] === undefined && whole[FLAGS] === undefined) return outcome;
  const part = textOf(memberOf(args, 'part'));
  const answer = part === undefined ? whole : partOf(whole, part);
  if (lengthOf(answer) <= LONGEST) return { ...outcome, answer };
  const short = await shortened(answer);
  return {
    ...outcome,
    answer: short.answer,
    notes: [...notes, ...short.leftOut.map(clause => `${clause}.`), restText(whole)],
  };
}
