/**
 * `change_environment`: changes settings of an environment's sign-in, API and storage. It reads the present settings, sends
 * the whole configuration with the changes, waits for the job, and reads again to check the result.
 */
import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import type { Json } from '../../lib/json.ts';
import { confirmationToken, dryRun } from '../../operations/define.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { defineTool } from '../define.ts';
import { DEFAULT_SECONDS, timeoutSeconds } from '../shared/follow-job.ts';
import { type Category, categories, readSteps } from '../shared/snapshot/read.ts';
import { updateOf } from './decide.ts';
import { changes, functionsError } from './input.ts';
import { output } from './output.ts';
import { planChange } from './plan.ts';
import { runChange } from './run.ts';
import { outcomeOf } from './verdict.ts';

const input = z.strictObject(
  {
    app: appIdOrName,
    environment: backendEnvironmentName,
    ...changes,
    timeoutSeconds,
    dryRun,
    confirmationToken,
  },
  { error: functionsError },
);

export const changeEnvironment = defineTool({
  toolName: 'change_environment',
  title: 'Change settings of an environment',
  access: 'update',
  steps: [...readSteps, 'list_backend_jobs', 'get_backend_job', ...categories.map(updateOf)],
  iamActions: ['amplify:ListApps'],
  input,
  output,

  async run(args, context) {
    const deadline = performance.now() + (args.timeoutSeconds ?? DEFAULT_SECONDS) * 1000;
    const stated = new Map<Category, Json>(
      categories.flatMap(category => {
        const change = args[category];
        return change === undefined ? [] : [[category, change] as const];
      }),
    );
    if (stated.size === 0)
      throw new ServerError('invalid_arguments', {
        message: 'State what to change: auth, api or storage. Nothing was sent to AWS.',
      });
    const { appId } = await context.findApp(args.app, args.target, context.signal);
    const call = {
      ref: {
        appId,
        backendEnvironmentName: args.environment,
        ...(args.target !== undefined && { target: args.target }),
      },
      ...{ stated, deadline, confirmationToken: args.confirmationToken },
    };
    return args.dryRun ? planChange(context, call) : outcomeOf(context, call, await runChange(context, call));
  },
});
