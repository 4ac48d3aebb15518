/**
 * `clone_environment`: one sentence in, a verified clone out, or a plain reason why not. Looks before it
 * starts, follows the job, and compares what came of it. Called again, it goes on from what is there.
 */
import { z } from 'zod';
import { confirmationToken, dryRun } from '../operations/define.ts';
import { backendEnvironmentName, newEnvironmentName } from '../operations/ids.ts';
import { checkSource, findEarlier } from './clone-preflight.ts';
import { judge } from './clone-verdict.ts';
import type { Workflow } from './define.ts';
import { DEFAULT_SECONDS, followJob, isOver, timeoutSeconds } from './follow.ts';

/** The checked arguments. */
interface CloneArguments {
  readonly app: string;
  readonly from: string;
  readonly to: string;
  readonly target?: string;
  readonly timeoutSeconds?: number;
  readonly dryRun?: boolean;
  readonly confirmationToken?: string;
}

export const cloneEnvironment: Workflow = {
  toolName: 'clone_environment',
  title: 'Clone an environment and verify it',
  access: 'create',
  iamActions: ['amplify:ListApps'],
  toolInput: z.strictObject({
    app: z.string().min(1).describe('App id, or its name'),
    from: backendEnvironmentName,
    to: newEnvironmentName,
    timeoutSeconds,
    dryRun,
    confirmationToken,
  }),
  output: z.object({
    verdict: z.string(),
    appId: z.string(),
    from: z.string(),
    to: z.string(),
    same: z.array(z.string()),
    differences: z.array(z.object({ path: z.string(), is: z.string() })),
    nextSteps: z.array(z.string()),
    job: z.object({}),
    plan: z.object({}),
    notes: z.array(z.string()),
  }),

  async run(args, context) {
    const {
      app,
      from,
      to,
      target,
      timeoutSeconds: seconds = DEFAULT_SECONDS,
      ...beside
    } = args as unknown as CloneArguments;
    const { appId } = await context.findApp(app, target, context.signal);
    const clone = { appId, from, to, target };
    let address = await findEarlier(context, clone);
    const notes: string[] = [];
    if (address)
      notes.push(`No new clone was started: ${to} is there already, made by job ${address.jobId}.`);
    else {
      await checkSource(context, clone);
      const started = await context.execute(
        'clone_backend',
        {
          appId,
          backendEnvironmentName: from,
          targetEnvironmentName: to,
          ...beside,
          ...(target !== undefined && { target }),
        },
        context,
      );
      // A dry run; or a job that was started and cannot be found yet, of which the notes tell.
      if (!started.job) return started;
      notes.push(...started.notes);
      address = started.job;
    }
    const report = await followJob(context, address, { target, seconds });
    if (!isOver(report)) {
      const goOn =
        'It has not ended yet: call clone_environment again with the same arguments; it goes on from here and starts nothing twice.';
      return { answer: { appId, from, to }, job: report.job, notes: [...notes, goOn] };
    }
    const judged = await judge(context, clone, report);
    return { ...judged, notes: [...notes, ...judged.notes] };
  },
};
