/**
 * Where a person gets what an answer withholds: a sentence for each kind of withheld value, once for the whole answer.
 */
import { isObject, objectOf, parseStructure, textOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import { wordsOf } from '../lib/secret-names.ts';
import { isWithheld } from '../lib/withheld-mark.ts';

/** The kinds, in the order of their sentences. */
const kinds = [
  ...['challenge code', 'API key', 'app client secret', 'OAuth client secret', 'Apple key'],
  ...['message text', 'schema', 'variable', 'other'],
] as const;
type Kind = (typeof kinds)[number];

/** What the answer is about; absent where that is unknown. */
export interface WithheldFor {
  readonly appId?: string | undefined;
  readonly environment?: string | undefined;
}

/** The Amplify CLI's command that brings a project's settings onto a computer, `aws-exports.js` among them. */
export const pullCommand = ({ appId = 'APPID', environment = 'NAME' }: WithheldFor): string =>
  `amplify pull --appId ${quoteName(appId)} --envName ${quoteName(environment)}`;

const sentences: Readonly<Record<Kind, (about: WithheldFor) => string>> = {
  'challenge code': about =>
    `The challenge code is withheld: a person sees it in a terminal with amplify-backend-mcp call get_token and --reveal-secrets. To get the project on a computer, no code is needed: type ${pullCommand(about)}.`,
  'API key': about =>
    `The API key is withheld: a person finds it in the AppSync console, the API's settings, or gets it with ${pullCommand(about)}.`,
  'app client secret': () =>
    'The secret of an app client is withheld: a person finds it in the Cognito console, the user pool, App clients.',
  'OAuth client secret': () =>
    "The client secret of a social provider is withheld: a person finds it in that provider's own console (Google Cloud, Meta for Developers, Login with Amazon).",
  'Apple key': () =>
    "Apple's private key is withheld: whoever made it in the Apple Developer account downloaded it; it cannot be downloaded twice, only replaced.",
  'message text': () =>
    'Message texts are withheld, since AWS counts them as secrets: a person finds them in the Cognito console, the user pool, message templates.',
  schema: about =>
    `A secret in the GraphQL schema is withheld: a person finds it in the project's schema.graphql, or gets that with ${pullCommand(about)}.`,
  variable: () =>
    'A secret setting of a function is withheld: a person finds it in the Lambda console, the function, Configuration, Environment variables, or in Systems Manager, Parameter Store.',
  other: about =>
    `Other secrets are withheld: a person finds them in the console of the AWS service that has them, or in the project's files (${pullCommand(about)}).`,
};

/** Members that hold prose. In prose, a mark replaces only a part of the text, so its kind is unknown. */
const proseMembers = new Set(
  ['error', 'message', 'reason', 'summary', 'notes', 'text'].concat([
    ...['cause', 'evidence', 'whatToDo', 'nextSteps', 'nextStep', 'remarks', 'stays', 'problems'],
  ]),
);

/** The values of a change or a difference, whose `path` names the member that they belong to. */
const valueMembers = new Set(['before', 'after', 'left', 'right']);

const messageMembers = new Set(['smsMessage', 'emailMessage', 'emailSubject']);

/** The kind of what is withheld at a path. @param names of the members that lead to it, the innermost last */
function kindAt(names: readonly string[]): Kind {
  const name = names.findLast(one => !/^\d+$/.test(one)) ?? '';
  if (messageMembers.has(name)) return 'message text';
  if (name === 'transformSchema' || name === 'schema') return 'schema';
  if (names.includes('function')) return 'variable';
  const words = wordsOf(name).join(' ');
  if (words === 'challenge code') return 'challenge code';
  if (words.includes('app client secret')) return 'app client secret';
  if (words === 'client secret' || names.includes('hostedUIProviderCreds')) return 'OAuth client secret';
  if (words === 'private key') return 'Apple key';
  return words.includes('api key') ? 'API key' : 'other';
}

function findKinds(value: unknown, names: readonly string[], found: Set<Kind>): void {
  if (typeof value === 'string') {
    if (!isWithheld(value)) return;
    // `hostedUIProviderCreds` is a text that holds a list.
    const structure = parseStructure(value);
    if (structure === undefined) found.add(kindAt(names));
    else findKinds(structure, names, found);
    return;
  }
  if (Array.isArray(value)) for (const item of value) findKinds(item, names, found);
  else if (isObject(value)) {
    const path = textOf(value.path)?.split(/[./]/);
    for (const [name, inner] of Object.entries(value)) {
      const own = path !== undefined && valueMembers.has(name) ? path : [name];
      if (!proseMembers.has(name)) findKinds(inner, [...names, ...own], found);
    }
  }
}

/** Where a person gets what is withheld in an answer; empty where nothing is. */
export function whereWithheld(answer: Readonly<Record<string, unknown>>, about: WithheldFor = {}): string[] {
  const found = new Set<Kind>();
  // A plan repeats what the caller sent, which the caller already has.
  const { plan: _, ...rest } = answer;
  findKinds(rest, [], found);
  const job = objectOf(answer.job);
  const known = {
    appId: textOf(answer.appId) ?? textOf(job.appId) ?? about.appId,
    environment:
      textOf(answer.backendEnvironmentName) ??
      textOf(answer.environment) ??
      textOf(job.backendEnvironmentName) ??
      about.environment,
  };
  return kinds.filter(kind => found.has(kind)).map(kind => sentences[kind](known));
}
