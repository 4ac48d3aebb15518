/** The steps of a provision: what each of them needs, as things are when its turn comes. */
import { ServerError } from '../../errors.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import { operations } from '../../operations/index.ts';
import { validateArguments } from '../../operations/validate.ts';
import type { Category } from '../snapshot/read.ts';
import { type Decision, decide } from './decide.ts';
import type { Seen, Site } from './look.ts';
import { toolsOf, type Wanted, wantedCategories } from './wanted.ts';

/** What a step is about. */
export type StepName = 'environment' | Category;

/** A step, as it is answered. */
export interface Step {
  readonly step: StepName;
  readonly tool: string;
  readonly did: 'created' | 'updated' | 'left alone' | 'differs' | 'waiting' | 'skipped' | 'failed';
  readonly jobId?: string;
}

/** What is provisioned, and how. */
export interface Work {
  readonly site: Site;
  readonly wanted: Wanted;
  readonly overwrite: boolean;
  /** Milliseconds on the clock of `performance.now`. */
  readonly deadline: number;
  readonly confirmationToken?: string | undefined;
}

/** The steps there are, in their order. */
export const stepsOf = (wanted: Wanted): StepName[] => ['environment', ...wantedCategories(wanted)];

/** What a step needs. @param awaitsUserPool whether a step before it makes one that has no id yet */
export async function decideStep(
  step: StepName,
  { site, wanted, overwrite }: Work,
  { isThere, found }: Seen,
  awaitsUserPool = false,
): Promise<Decision> {
  const { appId, appName, environment: backendEnvironmentName } = site;
  const place = { appId, backendEnvironmentName };
  if (step !== 'environment') return decide(step, wanted, found, { place, overwrite, awaitsUserPool });
  const tool = 'create_backend';
  return isThere ? { does: 'leave', tool } : { does: 'create', tool, args: { ...place, appName } };
}

/** What a later step would be refused for is refused before the first is sent: its job would take minutes. */
export async function checkRequests(work: Work, seen: Seen): Promise<void> {
  for (const step of stepsOf(work.wanted)) {
    const decision = await decideStep(step, work, seen, true);
    const operation = operations.find(({ toolName }) => toolName === decision.tool);
    if (operation && 'args' in decision) validateArguments(operation, decision.args);
  }
}

/** The job by which an earlier call has begun this step already, and the tool that started it. */
export function begunBefore(
  step: StepName,
  { pending }: Seen,
  overwrite: boolean,
): { readonly jobId: string; readonly tool: string } | undefined {
  const { create, update } = step === 'environment' ? { create: 'create_backend' } : toolsOf(step);
  for (const tool of [create, ...(overwrite && update !== undefined ? [update] : [])]) {
    const name = operations.find(({ toolName }) => toolName === tool)?.name;
    const job = pending.find(({ operation }) => operation === name);
    if (job) return { jobId: job.jobId, tool };
  }
  return undefined;
}

/** @throws RegisteredError pending_job where a job is in the way of a write */
export function refuseWhilePending({ environment }: Site, { pending }: Seen): void {
  const [job] = pending;
  if (!job) return;
  const { jobId, operation, status, createTime } = job;
  throw new ServerError('pending_job', {
    message: `Another job of ${environment} has not ended: ${quoteName(jobId)} (quoted data: ${quoteJson({ operation, status, createTime })}). Nothing more was sent.`,
    hint: 'Wait for it with wait_for_job, then call again with the same arguments.',
  });
}
