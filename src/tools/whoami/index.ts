/** `whoami`: which AWS account and identity the tools act as, and what this server lets them do. */
import { z } from 'zod';
import { toServerError } from '../../errors.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import type { ConfirmBy, PolicySettings } from '../../policy/decide.ts';
import { defineTool, type ToolContext } from '../define.ts';
import { notes, texts } from '../shared/output.ts';

/** What a confirmation proves under each setting of confirmBy. */
const proofOf: Readonly<Record<ConfirmBy, string>> = {
  'form-or-token':
    'A person confirms by typing a name into a form, if the client shows forms. Other clients get a token with the plan. An agent could send it back without asking: a token does not prove that a person agreed.',
  form: 'A call is confirmed by a name that is typed into a form, and by nothing else. The server cannot check that a person typed it.',
  person:
    'A call is confirmed by a name that is typed into a form, or on the page with the plan where the client shows pages, and by nothing else. The server cannot check that a person typed it: for that, and for keeping the page to the person, the client vouches.',
  token:
    'A person confirms by agreeing to a plan, whose token the agent sends back. An agent could send it back without asking: a token does not prove that a person agreed.',
};

/** What a confirmation proves under form-or-token where the client shows pages: the agent then gets no token. */
const PROOF_WITH_PAGES =
  'A person confirms by typing a name into a form, if the client shows forms, else on the page with the plan. The agent gets no token. The server cannot check that a person typed it: for that, and for keeping the page to the person, the client vouches.';

const proofFor = (confirmBy: ConfirmBy, showsPages = false) =>
  showsPages && confirmBy === 'form-or-token' ? PROOF_WITH_PAGES : proofOf[confirmBy];

const confirmedBy: Readonly<Record<PolicySettings['confirm'], string>> = {
  destructive: 'calls that destroy data',
  writes: 'every call that writes',
  never: 'nothing',
};

const surfaces: Readonly<Record<PolicySettings['surface'], string>> = {
  full: 'every tool is listed by its own name',
  compact: 'the workflows are listed; find_operation finds the other tools and run_operation calls them',
};

const ALL_APPS = 'all apps';

/** A list in a sentence. */
const listText = (names: readonly string[]) =>
  names.length === 0 ? 'none' : quoteNames(names, names.length);

/** Whether the caller can send secrets. Only such a caller may see the secrets' names. */
const mayWrite = ({ readOnly, scopes }: PolicySettings) =>
  !readOnly && (scopes === undefined || scopes.includes('amplify:write'));

/** The names of the secrets that the caller may refer to. Where the vault cannot be read, a note replaces them. */
async function readSecretNames({ policy, secretNames }: ToolContext, target: string | undefined) {
  if (!mayWrite(policy)) return { secrets: [], notes: [] };
  try {
    return { secrets: await secretNames(target), notes: [] };
  } catch (thrown) {
    return { secrets: [], notes: [`The names of secrets are unknown. ${toServerError(thrown).message}`] };
  }
}

const output = z.strictObject({
  account: z.string().describe('AWS account id'),
  arn: z.string().optional().describe('Identity that the calls are signed by'),
  region: z.string().describe('AWS region'),
  target: z.string().optional().describe('Name of the configured account'),
  apps: texts.describe(`Ids of the apps that may be touched, or "${ALL_APPS}"`),
  readOnly: z.boolean().describe('Whether only tools that read are served'),
  protected: texts.describe('Patterns of environments that no tool may change or delete'),
  readOnlyEnvironments: texts.describe('Patterns of environments that may only be read'),
  scopes: texts.optional().describe("Scopes of the caller's token, where tokens are required"),
  confirm: z.enum(['destructive', 'writes', 'never']).describe('What must be confirmed'),
  confirmBy: z.enum(['form-or-token', 'form', 'person', 'token']).describe('What counts as a confirmation'),
  surface: z.enum(['full', 'compact']).describe('full: every tool is listed; compact: the workflows only'),
  toolsets: texts.describe('Groups of tools that are served'),
  secrets: texts.describe('Names of the secrets that arguments may refer to, without their values'),
  notes,
});

type Rules = Omit<z.output<typeof output>, 'notes'>;

/** The account and the rules as text, one subject on each line. */
function textOf({ account, arn, region, target, ...rules }: Rules, proof: string): string {
  const named = target === undefined ? '' : `Target ${quoteName(target)}: `;
  const { confirm, confirmBy, scopes, secrets } = rules;
  return [
    `${named}AWS account ${account}, region ${quoteName(region)}${arn === undefined ? '' : `, as ${quoteName(arn)}`}.`,
    `Apps: ${rules.apps.join(', ')}.`,
    `Writing: ${rules.readOnly ? 'refused' : 'allowed'} (readOnly: ${rules.readOnly}). Protected environments: ${listText(rules.protected)}. Read-only environments: ${listText(rules.readOnlyEnvironments)}.`,
    ...(scopes ? [`Scopes of this caller: ${listText(scopes)}.`] : []),
    `Confirmation: ${confirmedBy[confirm]} (confirm: ${confirm}, confirmBy: ${confirmBy}). ${proof}`,
    `Tools: ${surfaces[rules.surface]} (surface: ${rules.surface}). Toolsets: ${listText(rules.toolsets)}.`,
    `Secrets that arguments may refer to by {"$secret": NAME}: ${listText(secrets)}.`,
  ].join('\n');
}

export const whoami = defineTool({
  toolName: 'whoami',
  title: 'Show the AWS account and the rules',
  access: 'read',
  input: z.strictObject({}),
  output,
  async run({ target }, context) {
    const { describeTarget, policy, allowedApps } = context;
    const { readOnly, confirm, confirmBy, surface, toolsets, readOnlyEnvironments, scopes } = policy;
    const described = await describeTarget(target);
    const { secrets, notes } = await readSecretNames(context, target);
    const answer = {
      ...described,
      apps: [...(allowedApps(target) ?? [ALL_APPS])],
      ...{ readOnly, protected: [...policy.protected], readOnlyEnvironments: [...readOnlyEnvironments] },
      ...(scopes && { scopes: [...scopes] }),
      ...{ confirm, confirmBy, surface, toolsets: [...toolsets], secrets: [...secrets] },
    };
    const proof =
      confirm === 'never' ? 'No confirmation is asked for.' : proofFor(confirmBy, context.showsPages);
    return { answer, text: textOf(answer, proof), isTextWhole: true, notes };
  },
});
