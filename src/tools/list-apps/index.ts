/** `list_apps`: the Amplify apps of an account, so that "the shop" becomes an app id. */
import { z } from 'zod';
import { defineTool } from '../define.ts';
import { texts } from '../shared/output.ts';

const app = z.strictObject({
  appId: z.string(),
  name: z.string(),
  createdAt: z.string().optional(),
  updatedAt: z.string().optional(),
  uri: z.string(),
});

export const listApps = defineTool({
  toolName: 'list_apps',
  title: 'List the Amplify apps',
  access: 'read',
  iamActions: ['amplify:ListApps'],
  input: z.strictObject({}),
  output: z.strictObject({ apps: z.array(app), notes: texts.optional() }),
  async run({ target }, context) {
    const { apps, hidden } = await context.listApps(target, context.signal);
    const notes =
      hidden > 0 ? [`${hidden} more are left out: the configuration limits which apps may be used.`] : [];
    return { answer: { apps }, notes };
  },
});
