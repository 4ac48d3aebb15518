/** `list_apps`: the Amplify apps of an account, so that "the shop" becomes an app id. */
import { z } from 'zod';
import type { Workflow } from '../define.ts';

const text = z.string();

export const listApps: Workflow = {
  toolName: 'list_apps',
  title: 'List the Amplify apps',
  access: 'read',
  iamActions: ['amplify:ListApps'],
  toolInput: z.strictObject({}),
  output: z.object({
    apps: z.array(z.object({ appId: text, name: text, createdAt: text, updatedAt: text, uri: text })),
    notes: z.array(text),
  }),
  async run({ target }, { listApps: list, signal }) {
    const { apps, hidden } = await list(target as string | undefined, signal);
    const notes =
      hidden > 0
        ? [`${hidden} more are left out: the configuration limits the apps that may be touched.`]
        : [];
    return { answer: { apps }, notes };
  },
};
