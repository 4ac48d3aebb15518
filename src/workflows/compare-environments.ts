/** `compare_environments`: what one environment has that the other has not, and what is set up differently. */
import { z } from 'zod';
import { appIdOrName, backendEnvironmentName } from '../operations/ids.ts';
import { compareSettings } from './comparison.ts';
import type { Workflow } from './define.ts';
import { reportDifferences, tableOf } from './difference-report.ts';
import { readSettings, settingsSteps } from './environment-settings.ts';

export const compareEnvironments: Workflow = {
  toolName: 'compare_environments',
  title: 'Compare two environments',
  access: 'read',
  steps: settingsSteps,
  iamActions: ['amplify:ListApps'],
  toolInput: z.strictObject({
    app: appIdOrName,
    left: backendEnvironmentName,
    right: backendEnvironmentName,
  }),
  output: z.object({
    appId: z.string(),
    left: z.string(),
    right: z.string(),
    identical: z.boolean(),
    differences: z.array(z.object({ path: z.string(), is: z.string() })),
    same: z.array(z.string()),
    notes: z.array(z.string()),
  }),

  async run(args, context) {
    const { app, left, right, target } = args as Record<'app' | 'left' | 'right', string> & {
      target?: string;
    };
    const { appId } = await context.findApp(app, target, context.signal);
    const read = (backendEnvironmentName: string) =>
      readSettings(context, { appId, backendEnvironmentName, target });
    const [ofLeft, ofRight] = await Promise.all([read(left), read(right)]);
    const { differences: all, same, notes: compared } = await compareSettings(ofLeft, ofRight);
    const identical = all.length === 0;
    const rest = `export_environment writes down all settings of ${left} and of ${right}.`;
    const { differences, notes: leftOut } = reportDifferences(all, { left, right, rest });
    const empty = [ofLeft.isEmpty && left, ofRight.isEmpty && right].filter(name => name !== false);
    const notes = [
      ...leftOut,
      ...compared,
      ...empty.map(
        name => `${name} has no resources: it was only registered, or a failed job left it behind.`,
      ),
      ...(ofLeft.hasSecrets || ofRight.hasSecrets ? ['Secrets are withheld, and so not compared.'] : []),
      'Left out, since two environments never share them: ids, names of pools and buckets, domains, endpoints.',
    ];
    const said = identical
      ? `${left} and ${right} are set up alike.`
      : `${all.length} differences between ${left} and ${right}:\n${tableOf(differences, left, right)}`;
    return {
      answer: { appId, left, right, identical, differences, same },
      text: said,
      notes,
    };
  },
};
