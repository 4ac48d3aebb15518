/** `whoami`: which AWS account and identity the tools act as, and what this server lets them do. */
import { z } from 'zod';
import type { ConfirmBy } from '../../policy/decide.ts';
import { defineTool } from '../define.ts';
import { texts } from '../shared/output.ts';

const UNCONFIRMED = 'No confirmation is asked for: confirm is never.';

/** What a confirmation proves under each setting of confirmBy. */
const proofOf: Readonly<Record<ConfirmBy, string>> = {
  'form-or-token':
    'What must be confirmed is confirmed by a name that is typed into a form where the client shows one. A client that shows none gets a token with the plan, and an agent could send it back unasked: that proves no person.',
  form: 'What must be confirmed is confirmed by a name that is typed into a form, and by nothing else. That a person typed it, only the client can vouch for.',
  token:
    'What must be confirmed is confirmed by a token that comes with the plan. An agent could send it back unasked: that proves no person.',
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
  async run({ target }, { whereTo, policy }) {
    const { readOnly, confirm, confirmBy, toolsets, apps, readOnlyEnvironments } = policy;
    const rules = {
      ...{ readOnly, confirm, confirmBy, toolsets, apps, readOnlyEnvironments },
      protected: policy.protected,
    };
    const notes = [confirm === 'never' ? UNCONFIRMED : proofOf[confirmBy]];
    return { answer: { ...(await whereTo(target)), ...rules }, notes };
  },
});
