/**
 * The proof for an environment that does not exist. A wrong name, app or account looks the same as one that was
 * deleted, so the answer says which account and app were checked.
 */

import { createTryRead, type TryRead } from '../../call/optional-reads.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import type { AppFacts } from '../shared/read.ts';
import type { DecommissionOutcome } from './output.ts';
import { prove } from './proof.ts';
import { answerOf, textOf } from './verdict.ts';

/** The app's name by Amplify: AmplifyBackend no longer knows an app after its last environment was deleted. */
async function readNameAtAmplify(
  { listApps, signal }: ToolContext,
  { appId, target }: EnvironmentRef,
  tryRead: TryRead,
): Promise<string | undefined> {
  const listed = await tryRead("the app's name, which is part of its stacks' names", 'amplify:ListApps', () =>
    listApps(target, signal),
  );
  return listed?.value.apps.find(app => app.appId === appId)?.name;
}

/** Proves by name that nothing is left: what the environment had is unknown. @throws ServerError */
export async function proveGone(
  context: ToolContext,
  ref: EnvironmentRef,
  app: AppFacts | undefined,
): Promise<DecommissionOutcome> {
  const { appId, backendEnvironmentName: name, target } = ref;
  const notChecked: string[] = [];
  const appName = app?.appName ?? (await readNameAtAmplify(context, ref, createTryRead(notChecked)));
  if (appName === undefined && notChecked.length === 0)
    notChecked.push(`Not checked: stacks with the app's name, because AWS no longer has app ${appId}.`);
  const found = await prove(context, ref, { appName, stackId: undefined, buckets: [] });
  const proof = { ...found, isWhole: found.isWhole && notChecked.length === 0 };
  const { account, region } = await context
    .describeTarget(target)
    .catch(() => ({ account: 'unknown', region: '' }));
  const list = app
    ? `App ${appId} has (quoted data) ${quoteJson(app.environments)}.`
    : `AmplifyBackend knows no app ${appId}.`;
  return {
    answer: answerOf(ref, { went: [], stays: [], proof }),
    text: textOf(ref, proof),
    notes: [
      `${quoteName(name)} does not exist; nothing was sent.`,
      `Checked in account ${account}${region && `, region ${region}`}. ${list}`,
      ...notChecked,
      ...proof.notes,
    ],
  };
}
