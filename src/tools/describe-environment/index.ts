/**
 * `describe_environment`: `amplify status` for the cloud: whether an environment is deployed or only registered, its
 * resources, its jobs, what CloudFormation says and what that means, and where these disagree. It changes nothing.
 */

import { z } from 'zod';
import { stackStateOf } from '../../environment/index.ts';
import { isEnded, type Job } from '../../jobs/job.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { defineTool } from '../define.ts';
import { anyDocument, brief, jobShape, texts } from '../shared/output.ts';
import { stackReadActions } from '../shared/read.ts';
import { disagreementsIn } from './disagreements.ts';
import { type EnvironmentFacts, factsSteps, readFacts } from './facts.ts';
import { nextStepsOf } from './next-steps.ts';
import { resourceList } from './resource-table.ts';
import { type Description, textOf } from './text.ts';

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
  iamActions: stackReadActions,
  input: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName,
  }),
  output: z.strictObject({
    appId: z.string(),
    appName: z.string().optional(),
    environment: z.string(),
    state: z.enum(['deployed', 'registered', 'unreadable']),
    unreadable: z.string().optional(),
    resources: z
      .array(
        brief({
          category: z.string(),
          name: z.string(),
          service: z.string(),
          imported: z.boolean().optional(),
          deployed: z.boolean().optional(),
          knownAs: z.string().optional(),
          outputs: anyDocument.optional(),
        }),
      )
      .optional(),
    moreResources: z.record(z.string(), z.number()).optional(),
    models: z.string().optional(),
    stack: brief({
      name: z.string(),
      status: z.string(),
      means: z.string(),
      reason: z.string().optional(),
      updatedAt: z.string().optional(),
    }).optional(),
    jobs: brief({ running: jobs, recent: jobs }).optional(),
    branches: texts.optional(),
    disagreements: texts,
    nextSteps: texts,
    notes: texts.optional(),
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
    return { answer, text: textOf(facts, description), isTextWhole: true, notes };
  },
});
