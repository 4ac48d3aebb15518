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
    account: z.string(),
    arn: z.string().optional(),
    region: z.string(),
    target: z.string().optional(),
    readOnly: z.boolean(),
    confirm: z.string(),
    confirmBy: z.string(),
    toolsets: texts,
    apps: texts,
    protected: texts,
    readOnlyEnvironments: texts,
    notes: texts,
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
