/**
 * `read_board`: an app's environments side by side, with their resources and jobs, for the page that shows them to a person.
 * The page reads it again and again; each job is polled by the one watcher, however many pages follow it.
 */
import { z } from 'zod';
import type { FoundApp } from '../../call/apps.ts';
import { createTryRead } from '../../call/optional-reads.ts';
import { ServerError } from '../../errors.ts';
import type { AppRef } from '../../jobs/job.ts';
import { mapLimited } from '../../lib/map-limited.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { nameText } from '../../operations/bounds.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { type AnswerOf, defineTool, type ToolContext } from '../define.ts';
import { readKnownApp, readOn } from '../shared/read.ts';
import { output } from './output.ts';
import { type EnvironmentColumn, type JobsColumn, readColumn, readJobs } from './read.ts';

const MOST_APPS = 200;
const MOST_ENVIRONMENTS = 25;
const MOST_FAILURES = 20;
const AT_ONCE = 4;

/** When the page reads again: soon while a job runs, and later the more environments there are to read. */
const LEAST_MS = 3_000;
const IDLE_MS = 30_000;
const PER_ENVIRONMENT_MS = 500;

type Board = AnswerOf<typeof output>;
/** An app, with its name where Amplify lists it. */
type AppOnTarget = FoundApp & Pick<AppRef, 'target'>;

const only = z.enum(['jobs', 'names']);

const nothing = { environments: [], running: [], failures: [] } as const;

const shownApp = ({ appId, name, target }: AppOnTarget) => ({
  appId,
  ...(name !== undefined && { name }),
  ...(target !== undefined && { target }),
});

/** The target that is asked for; undefined for all of them, or the only one. @throws ServerError invalid_arguments */
function checkedTarget(target: string | undefined, names: readonly string[]): string | undefined {
  if (target !== undefined && !names.includes(target))
    throw new ServerError('invalid_arguments', {
      message: `target: there is no account ${quoteName(target)}. Nothing was read.`,
      hint: `Name one of ${quoteNames(names) || 'none'}, or leave target out.`,
    });
  return names.length < 2 ? undefined : target;
}

/** The apps of the target that is asked for, or of all. A target that cannot be read becomes a note, if another can be. */
async function listAll(context: ToolContext, target: string | undefined, notes: string[]) {
  const { targetNames, listApps, signal } = context;
  const all = target !== undefined || targetNames.length < 2 ? [target] : targetNames;
  const failures: unknown[] = [];
  const lists = await mapLimited(all, AT_ONCE, async (one): Promise<readonly AppOnTarget[]> => {
    try {
      const { apps, hidden } = await listApps(one, signal);
      if (hidden > 0)
        notes.push(`${hidden} more apps are left out: the configuration limits which may be used.`);
      return apps.map(({ appId, name }) => ({ appId, name, target: one }));
    } catch (thrown) {
      failures.push(thrown);
      if (one !== undefined) notes.push(`The apps of ${quoteName(one)} could not be read.`);
      return [];
    }
  });
  if (failures.length === all.length) throw failures[0];
  return lists.flat();
}

/** The app to show; undefined where a person has to choose. @throws ServerError */
async function chooseApp(
  context: ToolContext,
  { app, target }: { readonly app?: string | undefined; readonly target?: string | undefined },
  notes: string[],
): Promise<AppOnTarget | { readonly apps: readonly AppOnTarget[] }> {
  const isCertain = target !== undefined || context.targetNames.length < 2;
  if (app !== undefined && isCertain) {
    return { ...(await context.findApp(app, target, context.signal)), target };
  }
  const all = await listAll(context, target, notes);
  const named = all.filter(({ appId, name }) => app === undefined || app === appId || app === name);
  const [only, another] = named;
  if (only && !another) return only;
  if (app !== undefined && !only)
    throw new ServerError('not_found', {
      message: `No app is named ${quoteName(app)} in any of the accounts.`,
      hint: 'Choose one of the apps that the board lists.',
    });
  return { apps: named };
}

/** The part of an app's board that a call asks for. */
interface Asked {
  /** The environment to show first, or with `only: jobs` the only one whose jobs are read. */
  readonly first: string | undefined;
  /** `jobs` or `names` for a page that needs only these; undefined for the whole board. */
  readonly only: z.output<typeof only> | undefined;
}

async function readBoard(
  context: ToolContext,
  app: AppOnTarget,
  { first, only }: Asked,
  notes: string[],
): Promise<Board> {
  const { appId, target } = app;
  const known = await readKnownApp(readOn(context, target), appId);
  // An app has no environment before its first one and after its last one.
  if (!known && app.name === undefined)
    throw new ServerError('not_found', {
      message: `No app ${quoteName(appId)} is known to Amplify or AmplifyBackend in this account and region.`,
      hint: 'Leave app out, and choose one of the apps that are listed.',
    });
  const all = known?.environments ?? [];
  const names = [...all.filter(name => name === first), ...all.filter(name => name !== first)];
  const left = names.slice(MOST_ENVIRONMENTS);
  if (left.length > 0 && only === undefined)
    notes.push(
      `${MOST_ENVIRONMENTS} of ${names.length} environments are shown. The others can be chosen by name.`,
    );
  const tryRead = createTryRead(notes);
  const read = only === undefined ? readColumn : readJobs;
  const asked = only === 'jobs' && first !== undefined ? names.filter(name => name === first) : names;
  const shown = only === 'names' ? [] : asked.slice(0, MOST_ENVIRONMENTS);
  const columns = await mapLimited<string, JobsColumn & Partial<EnvironmentColumn>>(shown, AT_ONCE, name =>
    read(context, app, name, tryRead),
  );
  const unshown = only === undefined ? left : names;
  const identity = await tryRead('the account', 'sts:GetCallerIdentity', () =>
    context.describeTarget(target),
  );
  const freshFor = columns.flatMap(({ freshMs }) => (freshMs === undefined ? [] : [freshMs]));
  const soonMs = freshFor.length > 0 ? Math.max(LEAST_MS, Math.min(...freshFor)) : IDLE_MS;
  return {
    app: {
      ...shownApp({ appId, name: known?.appName ?? app.name, target }),
      ...(identity && { account: identity.value.account, region: identity.value.region }),
    },
    environments: columns.flatMap(({ environment }) => environment ?? []),
    ...(unshown.length > 0 && { moreEnvironments: unshown }),
    running: columns.flatMap(({ running }) => running),
    failures: columns
      .flatMap(({ failures }) => failures)
      .sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''))
      .slice(0, MOST_FAILURES),
    ttlMs: Math.min(IDLE_MS, Math.max(soonMs, columns.length * PER_ENVIRONMENT_MS)),
  };
}

/** The board in short, for a reader without the page. */
function textOf(board: Board, { first, only }: Asked): string {
  const { app, apps = [], environments, moreEnvironments = [], running, failures } = board;
  if (!app) return `There are ${apps.length} apps; call again with one of them.`;
  const whose = only === 'jobs' && first !== undefined ? ` of ${quoteName(first)}` : '';
  const states = environments.map(({ name, health }) => `${quoteName(name)}: ${health}`);
  return [
    `App ${quoteName(app.name ?? app.appId)} (${quoteName(app.appId)}) has ${environments.length + moreEnvironments.length} environments${states.length > 0 ? `: ${states.join(', ')}` : ''}.`,
    ...(only === 'names'
      ? []
      : [`${running.length} jobs${whose} run, ${failures.length} failed within a week.`]),
  ].join('\n');
}

export const readBoardTool = defineTool({
  toolName: 'read_board',
  title: 'Read the board of an app',
  access: 'read',
  steps: ['get_backend', 'list_backend_jobs', 'get_backend_job'],
  iamActions: ['amplify:ListApps', 'cloudformation:DescribeStacks'],
  input: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName.optional().describe('Shown first, or alone with only: jobs'),
    only: only.optional().describe('Jobs, or the environments by name alone. Default: all'),
    target: nameText().optional().describe('AWS account. Default: all'),
  }),
  output,
  async run({ app, environment, only, target: named }, context) {
    const notes: string[] = [];
    const target = checkedTarget(named, context.targetNames);
    const asked = { first: environment, only };
    const chosen = await chooseApp(context, { app, target }, notes);
    const answer: Board =
      'apps' in chosen
        ? { apps: chosen.apps.slice(0, MOST_APPS).map(shownApp), ...nothing, ttlMs: IDLE_MS }
        : await readBoard(context, chosen, asked, notes);
    if ('apps' in chosen && chosen.apps.length > MOST_APPS)
      notes.push(`${chosen.apps.length - MOST_APPS} more apps are not listed; name one.`);
    return { answer, text: textOf(answer, asked), isTextWhole: true, notes };
  },
});
