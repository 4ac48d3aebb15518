/**
 * `describe_environment`: `amplify status` for the cloud: whether an environment is deployed or only registered, its
 * resources, its jobs, what CloudFormation says and what that means, and where these disagree. It changes nothing.
 */

import { z } from 'zod';
import { stackStateOf } from '../../environment/index.ts';
import { isEnded, type Job } from '../../jobs/job.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { defineTool } from '../define.ts';
import { anyDocument, jobShape, nextSteps, notes, texts } from '../shared/output.ts';
import { stackReadActions } from '../shared/read.ts';
import { disagreementsIn } from './disagreements.ts';
import { type EnvironmentFacts, factsSteps, readFacts } from './facts.ts';
import { nextStepsOf } from './next-steps.ts';
import { resourceList } from './resource-table.ts';
import { type Description, migrationLine, textOf } from './text.ts';

const RECENT_JOBS = 5;

/** The answer's `stack`. */
function stackMember({ stack: read }: EnvironmentFacts) {
  const stack = read?.value;
  if (!stack) return {};
  const { name, status, reason, updatedAt = stack.createdAt } = stack;
  const { means } = stackStateOf(stack);
  return { stack: { name, status, means, ...(reason && { reason }), ...(updatedAt && { updatedAt }) } };
}

/** A job without the names that it shares with its environment. */
function shortJob({ jobId, operation, status, state, createdAt, error }: Job) {
  return { jobId, operation, status, state, ...(createdAt && { createdAt }), ...(error && { error }) };
}

/** Sorts the jobs, finds disagreements and next steps. @param now epoch milliseconds on AWS's clock */
export function describe(facts: EnvironmentFacts, now: number): Description {
  const { jobs = [] } = facts;
  const sorted = {
    running: jobs.filter(job => !isEnded(job)),
    recent: jobs.filter(isEnded).slice(0, RECENT_JOBS),
  };
  return { ...sorted, disagreements: disagreementsIn(facts, now), nextSteps: nextStepsOf(facts, sorted) };
}

const { jobId, operation, status, state, createdAt, error } = jobShape;
const jobs = z.array(z.strictObject({ jobId, operation, status, state, createdAt, error }));

export const describeEnvironment = defineTool({
  toolName: 'describe_environment',
  title: 'Status of an environment',
  access: 'read',
  steps: factsSteps,
  iamActions: [...stackReadActions, 'amplify:GetApp', 'cloudformation:GetStackPolicy'],
  input: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName,
  }),
  output: z.strictObject({
    appId: z.string().describe('App id'),
    appName: z.string().optional().describe('App name'),
    environment: z.string().describe('Environment'),
    state: z.enum(['deployed', 'registered', 'unreadable']).describe('registered: never deployed'),
    unreadable: z.string().optional().describe('Why it cannot be read'),
    resources: z
      .array(
        z.strictObject({
          category: z.string().describe('auth, api, storage, function …'),
          name: z.string().describe('Resource name'),
          service: z.string().describe('AWS service'),
          imported: z.boolean().optional().describe('true: not created by Amplify'),
          deployed: z.boolean().optional().describe('false: declared only'),
          knownAs: z.string().optional().describe('Id or name at AWS'),
          outputs: anyDocument.optional().describe('Ids, endpoints and names'),
        }),
      )
      .optional()
      .describe('Its resources'),
    moreResources: z
      .record(z.string(), z.number())
      .optional()
      .describe('How many of each category are not listed'),
    models: z.string().optional().describe("AWS's word on the generated models: LATEST or STALE"),
    stack: z
      .strictObject({
        name: z.string().describe('Stack name'),
        status: z.string().describe("CloudFormation's status"),
        means: z.string().describe('What the status means'),
        reason: z.string().optional().describe("CloudFormation's reason"),
        updatedAt: z.string().optional().describe('ISO 8601'),
      })
      .optional()
      .describe('Its root stack'),
    jobs: z
      .strictObject({ running: jobs.describe('Not ended yet'), recent: jobs.describe('Ended') })
      .optional()
      .describe('Its jobs, newest first'),
    branches: texts.optional().describe('Branches that deploy to it'),
    disagreements: texts.describe('Where jobs, stack and environment disagree'),
    nextSteps,
    notes,
  }),

  async run({ app, environment, target }, context) {
    const { appId } = await context.findApp(app, target, context.signal);
    const facts = await readFacts(context, { appId, backendEnvironmentName: environment, target });
    const description = describe(facts, context.awsNow(target));
    const { appName, state, unreadable, models, branches, notes } = facts;
    const { running, recent, disagreements, nextSteps } = description;
    const answer = {
      ...{ appId, ...(appName !== undefined && { appName }), environment, state },
      // For an environment that cannot be read, an empty list would mean that it has nothing.
      ...(unreadable ? { unreadable: unreadable.why } : resourceList(facts.resources)),
      ...(models !== undefined && { models }),
      ...stackMember(facts),
      ...(facts.jobs && { jobs: { running: running.map(shortJob), recent: recent.map(shortJob) } }),
      ...(branches && { branches }),
      ...{ disagreements, nextSteps },
    };
    return {
      ...{ answer, text: textOf(facts, description), isTextWhole: true },
      notes: [...migrationLine(facts), ...notes],
    };
  },
});
