/**
 * Shortens a long answer of `get_backend` to the part that the caller chose, or else to what identifies each resource.
 */

import type { Outcome } from '../../call/call-operation.ts';
import { refUri } from '../../call/environment-view.ts';
import { subjectFailureCodes } from '../../call/read-environment.ts';
import { readEnvironment, shortMeta } from '../../environment/index.ts';
import { ServerError, toServerError } from '../../errors.ts';
import { isObject, type Json, memberOf, textOf } from '../../lib/json.ts';
import { jsonText, quote, quoteName, quoteNames } from '../../lib/quote.ts';
import type { RawCall } from './raw-call.ts';

/** Characters of the answer as a text, without its notes. */
const LONGEST_ANSWER = 10_000;
/** Characters shown of a document that cannot be read. */
const LONGEST_UNREADABLE = 1_000;

const FLAGS = 'amplifyFeatureFlags';
const META = 'amplifyMetaConfig';

const lengthOf = (document: unknown) => jsonText(document).length;

/** Splits "function/NAME"; a category alone has no name. */
function splitPart(part: string): readonly [category: string, name?: string] {
  const at = part.indexOf('/');
  return at < 0 ? [part] : [part.slice(0, at), part.slice(at + 1)];
}

/** @throws ServerError not_found, which lists the existing parts */
function refuseUnknown(part: string, meta: unknown): never {
  const [category, name] = splitPart(part);
  const resources = memberOf(meta, category);
  const lacksName = name !== undefined && isObject(resources);
  const known = lacksName ? Object.keys(resources) : isObject(meta) ? [...Object.keys(meta), FLAGS] : [FLAGS];
  throw new ServerError('not_found', {
    message: `${META} has no ${quote(part)}; ${lacksName ? 'that category' : 'it'} has (quoted data): ${quoteNames(known)}.`,
    hint: 'Call again with one of these as part.',
  });
}

/** The answer with only one part of the meta. @throws ServerError not_found */
function partOf(answer: Json, part: string): Json {
  const { [META]: meta, [FLAGS]: flags, ...rest } = answer;
  if (part === FLAGS) return { ...rest, ...(flags !== undefined && { [FLAGS]: flags }) };
  const [category, name] = splitPart(part);
  const resources = memberOf(meta, category);
  const chosen = name === undefined ? resources : memberOf(resources, name);
  if (chosen === undefined) refuseUnknown(part, meta);
  return { ...rest, [META]: { [category]: name === undefined ? chosen : { [name]: chosen } } };
}

/** The beginning of a document that is passed on as text because it is not JSON. */
const startOf = (document: unknown) =>
  typeof document === 'string' && document.length > LONGEST_UNREADABLE
    ? `${document.slice(0, LONGEST_UNREADABLE)}…`
    : document;

interface ShortAnswer {
  readonly answer: Json;
  /** A clause for each omission. */
  readonly leftOut: readonly string[];
}

async function shorten({ [FLAGS]: flags, ...whole }: Json): Promise<ShortAnswer> {
  const leftOut = flags === undefined ? [] : [`${FLAGS} are left out (part: "${FLAGS}" shows them)`];
  if (whole[META] === undefined) return { answer: whole, leftOut };
  const environment = await readEnvironment({ appId: '', environment: '', meta: whole[META] });
  if (environment.state === 'unreadable')
    return {
      answer: { ...whole, [META]: startOf(whole[META]) },
      leftOut: [...leftOut, `only the beginning of ${META} is shown`],
    };
  const room = LONGEST_ANSWER - lengthOf({ ...whole, [META]: {} });
  const short = shortMeta(environment, meta => lengthOf({ [META]: meta }), room);
  return {
    answer: { ...whole, [META]: short.meta },
    leftOut: [...leftOut, `${META} is shortened: it is without ${short.leftOut}`],
  };
}

/** A sentence on how to get the rest. */
function restText({ appId, backendEnvironmentName }: Json): string {
  const [app, environment] = [textOf(appId), textOf(backendEnvironmentName)];
  const uri =
    app !== undefined && environment !== undefined
      ? `; all of it is the resource ${refUri({ appId: app, backendEnvironmentName: environment })}`
      : '';
  return `One category or resource at a time: get_backend with part, as in "function" or "function/NAME"${uri}.`;
}

/**
 * Adds to the failure of a read that AWS nevertheless lists the environment.
 * @param call reads the app without an environment, to see what is listed
 */
async function explainUnreadable(thrown: unknown, args: unknown, call: RawCall): Promise<ServerError> {
  const failure = toServerError(thrown);
  const name = textOf(memberOf(args, 'backendEnvironmentName'));
  if (name === undefined || !isObject(args) || !subjectFailureCodes.has(failure.code)) return failure;
  const { backendEnvironmentName: _, part: __, ...app } = args;
  const listed = await call(app).catch(() => undefined);
  const names = listed?.answer.backendEnvironmentList;
  if (!Array.isArray(names) || !names.includes(name)) return failure;
  const mayHelp = failure.retryable || failure.code === 'access_denied';
  return new ServerError(failure.code, {
    message: `${quoteName(name)} is listed but unreadable. ${failure.message}`,
    hint: `${mayHelp ? `${failure.hint} ` : ''}describe_environment shows what else is known about it, and what to do.`,
    requestId: failure.requestId,
    cause: failure,
  });
}

/** @throws ServerError not_found where the meta has no such part */
export async function callGetBackend(call: RawCall, args: unknown): Promise<Outcome> {
  const outcome = await call(args).catch(async thrown => {
    throw await explainUnreadable(thrown, args, call);
  });
  const { answer: whole, notes } = outcome;
  if (whole[META] === undefined && whole[FLAGS] === undefined) return outcome;
  const part = textOf(memberOf(args, 'part'));
  const answer = part === undefined ? whole : partOf(whole, part);
  if (lengthOf(answer) <= LONGEST_ANSWER) return { ...outcome, answer };
  const short = await shorten(answer);
  return {
    ...outcome,
    answer: short.answer,
    notes: [...notes, ...short.leftOut.map(clause => `${clause}.`), restText(whole)],
  };
}
