/** `whoami`: which AWS account and identity the tools act as, and what this server lets them do. */
import { z } from 'zod';
import type { Workflow } from './define.ts';

const names = z.array(z.string());

export const whoami: Workflow = {
  toolName: 'whoami',
  title: 'Show the AWS account and the rules',
  access: 'read',
  toolInput: z.strictObject({}),
  output: z.object({
    account: z.string(),
    arn: z.string().optional(),
    region: z.string(),
    target: z.string().optional(),
    readOnly: z.boolean(),
    confirm: z.string(),
    toolsets: names,
    apps: names,
    protected: names,
    readOnlyEnvironments: names,
  }),
  async run({ target }, { whereTo, policy }) {
    const { readOnly, confirm, toolsets, apps, readOnlyEnvironments } = policy;
    const rules = { readOnly, confirm, toolsets, apps, protected: policy.protected, readOnlyEnvironments };
    return { answer: { ...(await whereTo(target as string | undefined)), ...rules }, notes: [] };
  },
};
