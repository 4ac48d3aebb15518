/** The steps of a provision, and what each needs in the current state. */
import { ServerError } from '../../errors.ts';
import { operationLabel } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import { operations } from '../../operations/index.ts';
import { validateArguments } from '../../operations/validate.ts';
import type { Category } from '../shared/snapshot/read.ts';
import type { CurrentState, Destination } from './current-state.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { IMPORT_AUTH } from './existing-pool.ts';
import { toolsOf, type Wanted, wantedCategories } from './wanted.ts';

export type StepName = 'environment' | Category;

/** One provision. */
export interface Provision {
  readonly destination: Destination;
  readonly wanted: Wanted;
  readonly overwrite: boolean;
  /** When the call stops waiting, in milliseconds of `performance.now`. */
  readonly deadline: number;
  readonly confirmationToken?: string | undefined;
}

/** The steps, in their order. */
export const stepsOf = (wanted: Wanted): StepName[] => ['environment', ...wantedCategories(wanted)];

/** What a step needs. @param awaitsUserPool whether an earlier step creates a user pool, which has no id yet */
export async function decideStep(
  step: StepName,
  { destination, wanted, overwrite }: Provision,
  { isThere, found }: CurrentState,
  awaitsUserPool = false,
): Promise<Decision> {
  const { appId, appName, environment: backendEnvironmentName } = destination;
  const ref = { appId, backendEnvironmentName };
  if (step !== 'environment') return decide(step, wanted, found, { ref, overwrite, awaitsUserPool });
  const tool = 'create_backend';
  return isThere ? { does: 'leave', tool } : { does: 'create', tool, args: { ...ref, appName } };
}

/** Checks the requests of all steps before the first is sent: its job takes minutes. @throws invalid_arguments */
export async function checkRequests(provision: Provision, state: CurrentState): Promise<void> {
  for (const step of stepsOf(provision.wanted)) {
    const decision = await decideStep(step, provision, state, true);
    const operation = operations.find(({ toolName }) => toolName === decision.tool);
    if (operation && 'args' in decision) validateArguments(operation, decision.args);
  }
}

/** The running job of an earlier call for this step, and the tool that started it. */
export function findEarlierJob(
  step: StepName,
  { pending }: CurrentState,
  { wanted, overwrite }: Pick<Provision, 'wanted' | 'overwrite'>,
): { readonly jobId: string; readonly tool: string } | undefined {
  const { create, update } =
    step === 'environment'
      ? { create: 'create_backend' }
      : step === 'auth' && wanted.pool
        ? { create: IMPORT_AUTH }
        : toolsOf(step);
  for (const tool of [create, ...(overwrite && update !== undefined ? [update] : [])]) {
    const name = operations.find(({ toolName }) => toolName === tool)?.name;
    const job = pending.find(({ operation }) => operation === name);
    if (job) return { jobId: job.jobId, tool };
  }
  return undefined;
}

/** The job that blocks a write, as a sentence; undefined where none does. */
export function pendingText({ environment }: Destination, { pending }: CurrentState): string | undefined {
  const [job] = pending;
  if (!job) return undefined;
  const { jobId, operation, status } = job;
  return `Another job of ${quoteName(environment)} has not ended: ${operationLabel({ operation })}, job ${quoteName(jobId)} (AWS says ${quoteName(status)}).`;
}

export const AFTER_PENDING = 'Wait for it with wait_for_job, then call again with the same arguments.';

/** @throws ServerError pending_job where a job blocks a write */
export function refuseWhilePending(destination: Destination, state: CurrentState): void {
  const text = pendingText(destination, state);
  if (text !== undefined)
    throw new ServerError('pending_job', { message: `${text} Nothing more was sent.`, hint: AFTER_PENDING });
}
