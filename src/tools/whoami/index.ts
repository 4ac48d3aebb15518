/** `whoami`: which AWS account and identity the tools act as, and what this server lets them do. */
import { z } from 'zod';
import type { ConfirmBy } from '../../policy/decide.ts';
import { defineTool } from '../define.ts';
import { texts } from '../shared/output.ts';

const UNCONFIRMED = 'No confirmation is asked for: confirm is never.';

/** What a confirmation proves under each setting of confirmBy. */
const proofOf: Readonly<Record<ConfirmBy, string>> = {
  'form-or-token':
    'A person confirms by typing a name into a form, if the client shows forms. Other clients get a token with the plan. An agent could send it back without asking: a token does not prove that a person agreed.',
  form: 'A call is confirmed by a name that is typed into a form, and by nothing else. The server cannot check that a person typed it.',
  token:
    'A person confirms by agreeing to a plan, whose token the agent sends back. An agent could send it back without asking: a token does not prove that a person agreed.',
};

export const whoami = defineTool({
  toolName: 'whoami',
  title: 'Show the AWS account and the rules',
  access: 'read',
  input: z.strictObject({}),
  output: z.strictObject({
    account: z.string().describe('AWS account'),
    arn: z.string().optional().describe('Identity that calls AWS'),
    region: z.string().describe('AWS region'),
    target: z.string().optional().describe('Configured name of the account'),
    readOnly: z.boolean().describe('Whether only reads are allowed'),
    confirm: z.string().describe('What is confirmed first: destructive, writes or never'),
    confirmBy: z.string().describe('How: form-or-token, form, person or token'),
    toolsets: texts.describe('Groups of tools that are served'),
    apps: texts.describe('App ids that may be used; empty: all'),
    protected: texts.describe('Globs of environments that may not be changed or deleted'),
    readOnlyEnvironments: texts.describe('Globs of environments that may only be read'),
    notes: texts.describe('What a confirmation proves'),
  }),
  async run({ target }, { describeTarget, policy }) {
    const { readOnly, confirm, confirmBy, toolsets, apps, readOnlyEnvironments } = policy;
    const rules = {
      ...{ readOnly, confirm, confirmBy, toolsets, apps, readOnlyEnvironments },
      protected: policy.protected,
    };
    const notes = [confirm === 'never' ? UNCONFIRMED : proofOf[confirmBy]];
    return { answer: { ...(await describeTarget(target)), ...rules }, notes };
  },
});
