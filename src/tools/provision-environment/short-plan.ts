/** Shortens the steps of a plan: shows a schema as its length and digest, and long requests as the names of their settings. */

import { type Json, objectOf, textOf } from '../../lib/json.ts';
import { jsonText, quoteNames } from '../../lib/quote.ts';
import { digestOf } from '../../secrets/digest.ts';

/** The most characters of all steps as text. */
const LONGEST = 8_000;
/** A shorter schema is shown whole. */
const LONGEST_SCHEMA = 300;
const MOST_CHANGES = 5;

const lengthOf = (value: unknown) => jsonText(value).length;

/**
 * A request with the length and digest of its schema in place of a long schema.
 * @param schema as it would be sent
 */
export function withoutSchema(request: Json, schema: unknown): Json {
  const text = textOf(schema);
  if (text === undefined || text.length <= LONGEST_SCHEMA) return request;
  const body = objectOf(request.body);
  const transformSchema = `(a schema of ${text.length} characters, digest ${digestOf(text).slice(0, 16)})`;
  return {
    ...request,
    body: { ...body, resourceConfig: { ...objectOf(body.resourceConfig), transformSchema } },
  };
}

/** A step with the names of its request's settings in place of the values. */
function withoutBody({ request, tool, ...step }: Json): Json {
  const { body, ...rest } = objectOf(request);
  const config = objectOf(objectOf(body).resourceConfig);
  return {
    ...step,
    tool,
    request: {
      ...rest,
      body: `(${lengthOf(body)} characters, with ${quoteNames(Object.keys(config))}; ${tool} with dryRun shows it)`,
    },
  };
}

function withFewChanges(step: Json): Json {
  const { changes, moreChanges = 0 } = step;
  if (!Array.isArray(changes) || changes.length <= MOST_CHANGES) return step;
  return {
    ...step,
    changes: changes.slice(0, MOST_CHANGES),
    moreChanges: Number(moreChanges) + changes.length - MOST_CHANGES,
  };
}

/** Shortens the steps to the bound, the longest ones first. */
export function shortSteps(steps: readonly Json[]): readonly Json[] {
  if (lengthOf(steps) <= LONGEST) return steps;
  const short = steps.map(withFewChanges);
  const longestFirst = short.map((step, at) => ({ at, length: lengthOf(step.request ?? '') }));
  for (const { at } of longestFirst.sort((a, b) => b.length - a.length)) {
    if (lengthOf(short) <= LONGEST) break;
    const step = short[at];
    if (step?.request !== undefined) short[at] = withoutBody(step);
  }
  return short;
}
