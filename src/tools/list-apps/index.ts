/** `list_apps`: the Amplify apps of an account, so that "the shop" becomes an app id. */
import { z } from 'zod';
import { quoteName } from '../../lib/quote.ts';
import { defineTool } from '../define.ts';
import { notes } from '../shared/output.ts';

/** Apps that the text names. */
const MOST_NAMED = 150;

const app = z.strictObject({
  appId: z.string().describe('App id'),
  name: z.string().describe('App name'),
  createdAt: z.string().optional().describe('ISO 8601'),
  updatedAt: z.string().optional().describe('ISO 8601'),
  uri: z.string().describe('Resource of the app'),
});

export const listApps = defineTool({
  toolName: 'list_apps',
  title: 'List the Amplify apps',
  access: 'read',
  iamActions: ['amplify:ListApps'],
  input: z.strictObject({}),
  output: z.strictObject({ apps: z.array(app).describe('The apps'), notes }),
  async run({ target }, context) {
    const { apps, hidden } = await context.listApps(target, context.signal);
    const notes =
      hidden > 0 ? [`${hidden} more are left out: the configuration limits which apps may be used.`] : [];
    const names = apps.map(({ appId, name }) => `${quoteName(name)} (${quoteName(appId)})`);
    const shown = names.slice(0, MOST_NAMED).join(', ');
    const more =
      names.length > MOST_NAMED
        ? ` and ${names.length - MOST_NAMED} more: tools take an app's name in place of its id`
        : '';
    const text =
      apps.length === 0
        ? 'No Amplify app to show.'
        : `${apps.length} Amplify ${apps.length === 1 ? 'app' : 'apps'}: ${shown}${more}.`;
    const listed = apps.map(({ hasRepository: _, migratingEnvironment: __, ...app }) => app);
    return { answer: { apps: listed }, text, isTextWhole: true, notes };
  },
});
