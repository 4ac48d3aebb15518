/** `compare_environments`: what one environment has that the other has not, and what is set up differently. */
import { z } from 'zod';
import { backendEnvironmentName } from '../operations/ids.ts';
import type { Workflow } from './define.ts';
import { type Difference, differencesOf } from './differences.ts';
import { type EnvironmentSettings, readSettings } from './environment-settings.ts';

const LONGEST_CELL = 80;

/** A value in a cell: quoted data of AWS's, on one line and short. */
function cell(value: unknown): string {
  if (value === undefined) return '';
  const text = JSON.stringify(value);
  const cut = text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
  return cut.replaceAll('|', '\\|');
}

/** The differences as a table that a person can read. */
function tableOf(differences: readonly Difference[], left: string, right: string): string {
  const rows = differences.map(difference => [
    difference.path.replaceAll('|', '\\|'),
    difference.is === 'only right' ? '(missing)' : cell(difference.left),
    difference.is === 'only left' ? '(missing)' : cell(difference.right),
  ]);
  return [['setting', left, right], ['---', '---', '---'], ...rows]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** Where a whole category is missing, each resource of it is: so that they can be counted and named. */
function differencesBetween(left: EnvironmentSettings, right: EnvironmentSettings): Difference[] {
  const none = Object.fromEntries(
    Object.keys({ ...left.settings, ...right.settings }).map(name => [name, {}]),
  );
  return differencesOf({ ...none, ...left.settings }, { ...none, ...right.settings });
}

/** The resources of both that have no difference, as `category/name`. */
function sameOf(
  left: EnvironmentSettings,
  right: EnvironmentSettings,
  differences: readonly Difference[],
): string[] {
  return Object.entries(left.settings).flatMap(([category, resources]) => {
    if (category === 'feature flags') return [];
    const names = Object.keys(resources).filter(name => right.settings[category]?.[name] !== undefined);
    const labels = names.map(name => `${category}/${name}`);
    return labels.filter(
      label => !differences.some(({ path }) => path === label || path.startsWith(`${label}/`)),
    );
  });
}

export const compareEnvironments: Workflow = {
  toolName: 'compare_environments',
  title: 'Compare two environments',
  access: 'read',
  iamActions: ['amplify:ListApps'],
  toolInput: z.strictObject({
    app: z.string().min(1).describe('App id, or its name'),
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
    const differences = differencesBetween(ofLeft, ofRight);
    const identical = differences.length === 0;
    const empty = [ofLeft.isEmpty && left, ofRight.isEmpty && right].filter(name => name !== false);
    const notes = [
      ...empty.map(
        name => `${name} has no resources: it was only registered, or a failed job left it behind.`,
      ),
      ...(ofLeft.hasSecrets || ofRight.hasSecrets ? ['Secrets are withheld, and so not compared.'] : []),
      'Left out, since two environments never share them: ids, names of pools and buckets, domains, endpoints.',
    ];
    const said = identical
      ? `${left} and ${right} are set up alike.`
      : `${differences.length} differences between ${left} and ${right}:\n${tableOf(differences, left, right)}`;
    return {
      answer: { appId, left, right, identical, differences, same: sameOf(ofLeft, ofRight, differences) },
      text: said,
      notes,
    };
  },
};
