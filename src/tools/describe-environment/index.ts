/**
 * `describe_environment`: `amplify status` for the cloud. Deployed or only registered, what it has, what runs,
 * what CloudFormation says and what that means, and where these do not agree. Looks only.
 */
import { z } from 'zod';
import { stackStateOf } from '../../environment/index.ts';
import type { Job } from '../../jobs/job.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import type { Workflow } from '../define.ts';
import { disagreementsIn } from './disagreements.ts';
import { besideActions, type EnvironmentFacts, factsSteps, readFacts } from './facts.ts';
import { nextStepsOf } from './next-steps.ts';
import { resourceList } from './resource-table.ts';
import { type Description, textOf } from './text.ts';

const RECENT_JOBS = 5;

/** The stack as it is answered. */
function stackIn({ stack: seen }: EnvironmentFacts) {
  const stack = seen?.value;
  if (!stack) return {};
  const { name, status, reason, updatedAt = stack.createdAt } = stack;
  const { means } = stackStateOf(stack);
  return { stack: { name, status, means, ...(reason && { reason }), ...(updatedAt && { updatedAt }) } };
}

/** A job without what it shares with its environment. */
function brief({ jobId, operation, status, state, createdAt, error }: Job) {
  return { jobId, operation, status, state, ...(createdAt && { createdAt }), ...(error && { error }) };
}

/** Sorts out what was read. @param now epoch milliseconds on AWS's clock */
export function describe(facts: EnvironmentFacts, now: number): Description {
  const { jobs = [] } = facts;
  const isOver = ({ state }: { readonly state: string }) => state === 'succeeded' || state === 'failed';
  const sorted = {
    running: jobs.filter(job => !isOver(job)),
    recent: jobs.filter(isOver).slice(0, RECENT_JOBS),
  };
  return { ...sorted, disagreements: disagreementsIn(facts, now), nextSteps: nextStepsOf(facts, sorted) };
}

export const describeEnvironment: Workflow = {
  toolName: 'describe_environment',
  title: 'Status of an environment',
  access: 'read',
  steps: factsSteps,
  iamActions: besideActions,
  toolInput: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName,
  }),
  output: z.object({
    appId: z.string(),
    appName: z.string(),
    environment: z.string(),
    state: z.string(),
    unreadable: z.string(),
    resources: z.array(z.object({})),
    moreResources: z.object({}),
    models: z.string(),
    stack: z.object({}),
    jobs: z.object({}),
    branches: z.array(z.string()),
    disagreements: z.array(z.string()),
    nextSteps: z.array(z.string()),
    notes: z.array(z.string()),
  }),

  async run(args, context) {
    const { app, environment, target } = args as { app: string; environment: string; target?: string };
    const { appId } = await context.findApp(app, target, context.signal);
    const facts = await readFacts(context, { appId, backendEnvironmentName: environment, target });
    const description = describe(facts, context.awsNow(target));
    const { appName, state, unreadable, models, branches, notes } = facts;
    const { running, recent, disagreements, nextSteps } = description;
    const answer = {
      ...{ appId, ...(appName !== undefined && { appName }), environment, state },
      // Of what cannot be read there is no list, which would pass for an empty one.
      ...(unreadable ? { unreadable: unreadable.why } : resourceList(facts.resources)),
      ...(models !== undefined && { models }),
      ...stackIn(facts),
      ...(facts.jobs && { jobs: { running: running.map(brief), recent: recent.map(brief) } }),
      ...(branches && { branches }),
      ...{ disagreements, nextSteps },
    };
    return { answer, text: textOf(facts, description), isTextWhole: true, notes: [...notes] };
  },
};
