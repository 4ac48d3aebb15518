/**
 * `list_recent_jobs`: the jobs of an app, newest first, in all its environments, and in deleted ones as far as AWS still
 * has their jobs. Notes name what was not read.
 */
import { z } from 'zod';
import { newestFirst } from '../../call/job-facts.ts';
import { ServerError } from '../../errors.ts';
import { removesEnvironments } from '../../jobs/advice.ts';
import { isEnded, type Job } from '../../jobs/job.ts';
import { mapLimited } from '../../lib/map-limited.ts';
import { quote, quoteName, quoteNames } from '../../lib/quote.ts';
import { parseSince } from '../../lib/since.ts';
import { nameText } from '../../operations/bounds.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { defineTool, type ToolContext } from '../define.ts';
import { jobReaderOf, readOn, stackReadActions } from '../shared/read.ts';
import { type AppEnvironments, type GoneEnvironment, readEnvironments } from './environments.ts';
import { output } from './output.ts';
import { type EnvironmentJobs, isSince, readJobsOf, type Wanted } from './read-jobs.ts';
import { textOf } from './table.ts';

const MOST_SHOWN = 20;
/** Environments that are read, and pages that are read in all of them together. */
const MOST_ENVIRONMENTS = 25;
const MOST_GONE = 10;
const MOST_PAGES = 60;
const AT_ONCE = 4;
/** Running jobs of which the watcher is asked whether they are stalled. */
const MOST_RUNNING = 5;

/** @throws ServerError invalid_arguments */
function readSince(since: string | undefined, now: number): number | undefined {
  if (since === undefined) return undefined;
  const time = parseSince(since, now);
  if (time !== undefined && time <= now) return time;
  if (time !== undefined)
    throw new ServerError('invalid_arguments', {
      message: `since: ${quote(since, 60)} is in the future; it is ${new Date(now).toISOString()} by AWS's clock. Nothing was read.`,
      hint: 'Write a time that has passed, or how long ago: "7 days".',
    });
  throw new ServerError('invalid_arguments', {
    message: `since: ${quote(since, 60)} is neither a time nor a duration. Nothing was read.`,
    hint: 'Write an ISO 8601 time such as 2026-01-31T08:00Z, a duration such as "7 days" or "12 h", "today" or "yesterday".',
  });
}

/** The environments whose jobs are read: all of the app, or the named one, even if it is gone or unknown. */
function chosen({ listed, gone }: AppEnvironments, environment: string | undefined) {
  if (environment === undefined) return { listed, gone };
  const isNamed = (name: string) => name.toLowerCase() === environment.toLowerCase();
  if (listed.includes(environment)) return { listed: [environment], gone: [] };
  const known = gone.find(one => isNamed(one.environment));
  // The caller's spelling is sent: a name that comes from a stack is in lower case.
  return { listed: [], gone: [{ isUnsure: true, ...known, environment }] };
}

/** The state of a gone environment's jobs; undefined where nothing shows that it was this app's. */
function goneEntry({ isUnsure, ...gone }: GoneEnvironment, { jobs, failure }: EnvironmentJobs) {
  if (jobs.length > 0) return { ...gone, jobs: 'listed' as const };
  if (isUnsure) return undefined;
  const isForgotten = failure === undefined || failure.code === 'not_found';
  return { ...gone, jobs: isForgotten ? ('forgotten' as const) : ('unread' as const) };
}

/**
 * A job that only this server knows: AWS deletes its record with its environment. A deletion has succeeded then; how any
 * other running job ended is unknown.
 */
function asForgotten(job: Job, listed: readonly string[]): Job[] {
  if (isEnded(job) || listed.includes(job.backendEnvironmentName)) return [job];
  return removesEnvironments(job.operation) ? [{ ...job, state: 'succeeded' }] : [];
}

/** The jobs with the state that the watcher knows: only the watcher finds out that a job is stalled. */
async function withStates(context: ToolContext, target: string | undefined, jobs: readonly Job[]) {
  const running = jobs.filter(job => !isEnded(job)).slice(0, MOST_RUNNING);
  const states = await mapLimited(running, AT_ONCE, async job => {
    const ref = { appId: job.appId, backendEnvironmentName: job.backendEnvironmentName, jobId: job.jobId };
    const report = await context.jobs.read(ref, jobReaderOf(context, target)).catch(() => undefined);
    return [job.jobId, report?.job ?? job] as const;
  });
  const byId = new Map(states);
  return jobs.map(job => byId.get(job.jobId) ?? job);
}

/** What was not read, a sentence each. */
function notRead(reads: readonly EnvironmentJobs[], left: readonly string[]): string[] {
  const cut = reads.filter(({ isCut }) => isCut).map(({ environment }) => environment);
  return [
    ...reads.flatMap(({ environment, failure }) =>
      failure && failure.code !== 'not_found'
        ? [
            `Not read: the jobs of ${quoteName(environment)} (${failure.code} on amplifybackend:ListBackendJobs).`,
          ]
        : [],
    ),
    ...(cut.length > 0
      ? [`Not read: older jobs of ${quoteNames(cut)}; list_backend_jobs pages through them.`]
      : []),
    ...(left.length > 0 ? [`Not read, because there are too many environments: ${quoteNames(left)}.`] : []),
  ];
}

export const listRecentJobs = defineTool({
  toolName: 'list_recent_jobs',
  title: 'What happened in an app',
  access: 'read',
  steps: ['get_backend', 'list_backend_jobs', 'get_backend_job'],
  iamActions: stackReadActions.filter(action => action !== 'amplify:ListBranches'),
  input: z.strictObject({
    app: appIdOrName,
    since: nameText()
      .optional()
      .describe('ISO 8601 time, or "7 days", "12 h", "yesterday". Default: no limit'),
    failed: z.boolean().optional().describe('true: only failed jobs. Default false'),
    environment: backendEnvironmentName.optional().describe('Only this environment; may be gone'),
  }),
  output,

  async run({ app, since, failed: failedOnly = false, environment, target }, context) {
    const now = context.awsNow(target);
    const from = readSince(since, now);
    const { appId } = await context.findApp(app, target, context.signal);
    const seen = context.jobs
      .known(context.caller ?? 'unknown')
      .flatMap(({ job }) => (job.appId === appId ? [job] : []));
    const all = await readEnvironments(
      context,
      { appId, target },
      seen.map(job => job.backendEnvironmentName),
    );
    const { listed, gone } = chosen(all, environment);
    const goneSince = gone.filter(({ deletedAt }) => !(Date.parse(deletedAt ?? '') < (from ?? 0)));
    const asked = [
      ...listed.slice(0, MOST_ENVIRONMENTS),
      ...goneSince.slice(0, MOST_GONE).map(one => one.environment),
    ];
    const left = [
      ...listed.slice(MOST_ENVIRONMENTS),
      ...goneSince.slice(MOST_GONE).map(one => one.environment),
    ];
    const wanted: Wanted = { appId, since: from, failedOnly, most: MOST_SHOWN };
    const budget = { left: MOST_PAGES };
    const read = readOn(context, target);
    const reads = await mapLimited(asked, AT_ONCE, name => readJobsOf(read, name, wanted, budget));
    const refused = reads.find(({ failure }) => failure !== undefined && failure.code !== 'not_found');
    if (refused && reads.every(({ failure }) => failure)) throw refused.failure;

    const readById = new Map(reads.flatMap(({ jobs }) => jobs).map(job => [job.jobId, job]));
    const isAsked = ({ backendEnvironmentName: name }: Job) =>
      environment === undefined || name === environment;
    const knownHereOnly = seen
      .filter(job => isAsked(job) && !readById.has(job.jobId))
      .flatMap(job => asForgotten(job, all.listed));
    const matching = newestFirst([...readById.values(), ...knownHereOnly])
      .filter(job => isSince(job, from))
      .filter(job => !failedOnly || job.state === 'failed');
    const goneEntries = gone.flatMap(one => {
      const jobsOf = reads.find(({ environment: name }) => name === one.environment);
      const entry = jobsOf && goneEntry(one, jobsOf);
      return entry ? [entry] : [];
    });
    if (all.isUnknown && matching.length + goneEntries.length === 0)
      throw new ServerError('not_found', {
        message: `No app ${quoteName(appId)} is known to Amplify or AmplifyBackend in this account and region.`,
        hint: 'Check account and region with whoami; list_apps shows the apps. Where the setting apps names this id, an operator corrects it.',
      });
    if (environment !== undefined && matching.length === 0 && listed.length === 0 && goneEntries.length === 0)
      throw new ServerError('not_found', {
        message: `App ${quoteName(appId)} has no environment ${quoteName(environment)}, and nothing that AWS still tells names one; it has (quoted data): ${quoteNames(all.listed) || 'none'}.`,
        hint: 'Call again with one of these, or without environment.',
      });
    const jobs = await withStates(context, target, matching.slice(0, MOST_SHOWN));
    const more = matching.length - jobs.length;
    const answer = {
      appId,
      ...(from !== undefined && { since: new Date(from).toISOString() }),
      jobs,
      ...(more > 0 && { more }),
      ...(goneEntries.length > 0 && { gone: goneEntries }),
    };
    const notes = [...notRead(reads, left), ...all.notes];
    const shown = [...listed.slice(0, MOST_ENVIRONMENTS), ...goneEntries.map(one => one.environment)];
    return {
      answer,
      text: textOf({ answer, appName: all.appName, asked: shown, failedOnly, now: context.awsNow(target) }),
      isTextWhole: true,
      notes,
    };
  },
});
