/**
 * Of an environment that is gone, what can be proved afterwards. A wrong name, app or account looks the same as one
 * that was taken down, so it is said what was looked at.
 */
import type { Outcome } from '../../call/dispatch.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { quoteJson } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import { createLook, type Look } from '../stack-looks.ts';
import type { AppFacts } from './app.ts';
import { prove } from './proof.ts';
import { answerOf, textOf } from './verdict.ts';

/** The app's name, where AmplifyBackend forgot it with its last environment. */
async function nameAtAmplify(
  { listApps, signal }: WorkflowContext,
  { appId, target }: EnvironmentRef,
  look: Look,
): Promise<string | undefined> {
  const listed = await look("the app's name, which its stacks bear", 'amplify:ListApps', () =>
    listApps(target, signal),
  );
  return listed?.value.apps.find(app => app.appId === appId)?.name;
}

/** The proof alone: nobody remembers what it had, but its stacks and buckets bear its name. @throws RegisteredError */
export async function proveGone(
  context: WorkflowContext,
  place: EnvironmentRef,
  { appName, environments }: AppFacts,
): Promise<Outcome> {
  const { appId, backendEnvironmentName: name, target } = place;
  const unseen: string[] = [];
  const known = appName ?? (await nameAtAmplify(context, place, createLook(unseen)));
  if (known === undefined && unseen.length === 0)
    unseen.push(`Not looked at: stacks that bear the app's name, since nothing knows app ${appId} any more.`);
  const found = await prove(context, place, { appName: known, stackId: undefined, buckets: [] });
  const proof = { ...found, isWhole: found.isWhole && unseen.length === 0 };
  const { account, region } = await context
    .describeTarget(target)
    .catch(() => ({ account: 'unknown', region: '' }));
  const list = environments
    ? `App ${appId} has (quoted data) ${quoteJson(environments)}.`
    : `AmplifyBackend knows no app ${appId}.`;
  return {
    answer: answerOf({ ...place, went: [], stays: [], proof }),
    text: textOf(place, proof),
    notes: [
      'It was gone already; nothing was sent.',
      `This is of account ${account}${region && `, region ${region}`}. ${list}`,
      ...(proof.hasTrace
        ? []
        : [
            `Nothing shows that ${name} ever was there: ask the person whether name, app and account are right.`,
          ]),
      ...unseen,
      ...proof.notes,
    ],
  };
}
