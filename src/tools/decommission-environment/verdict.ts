/** The result of a decommission: a verdict in one word, a text, and next steps. Pure. */

import { howToDeleteRecords } from '../../call/authorize/inventory.ts';
import type { EnvironmentRef, Job } from '../../jobs/job.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import { quoted } from '../shared/texts.ts';
import type { Accounted, DecommissionOutcome, Remaining, Verdict } from './output.ts';
import type { Proof } from './proof.ts';

/**
 * The verdict depends on what exists, not on the job's status: a job can report a failed deletion although the deletion
 * succeeded.
 */
function verdictOf({ isGone, isWhole, leftovers }: Proof): Verdict {
  if (!isGone) return 'failed';
  if (leftovers.length > 0) return 'leftovers';
  return isWhole ? 'gone' : 'unproven';
}

export const NOTHING_TO_DO = 'Nothing else needs to be done.';

const explainStep = ({ appId, backendEnvironmentName, jobId }: Job) =>
  `Find out why with explain_job ${quoteJson({ appId, backendEnvironmentName, jobId })} before you try anything again.`;

function nextSteps(
  verdict: Verdict,
  { appId, backendEnvironmentName }: EnvironmentRef,
  { hasTrace, leftovers }: Proof,
  job: Job | undefined,
) {
  switch (verdict) {
    case 'gone':
      return hasTrace
        ? [NOTHING_TO_DO]
        : [
            `Nothing shows that ${quoteName(backendEnvironmentName)} ever existed: ask the person whether name, app and account are right.`,
          ];
    case 'unproven':
      return [
        'The environment is gone from AmplifyBackend. The notes say what could not be checked: have the person check it, or have missing IAM actions allowed, and call again.',
      ];
    case 'leftovers':
      return [
        'Show the person what was left behind, with the reasons. No tool of this server deletes it.',
        ...(leftovers.some(({ what }) => what.startsWith('stack '))
          ? [
              'If a stack is stuck on a bucket, the person empties the bucket and deletes the stack in the AWS console, or decides to keep both.',
            ]
          : []),
        'When they have deleted it, call again for the proof.',
      ];
    case 'failed':
      return [
        ...(job ? [explainStep(job)] : []),
        `When the cause is resolved, call again: a person is asked again before anything is deleted. ${howToDeleteRecords(appId, [backendEnvironmentName])}`,
      ];
  }
}

/** What a proof covers, and what it does not. The notes name what could not be read. */
const scope = {
  covers: [
    "AmplifyBackend's and Amplify's own records of the environment",
    'its CloudFormation stack and the stacks nested in it, with what they kept',
    'the buckets of its stack, and that of its deployments',
  ],
  doesNotCover: [
    'log groups in CloudWatch, which stay and cost a little',
    'backups and exports, and anything that was created outside of its stack',
    'branches and builds of the hosting, projects on computers, and other accounts and regions',
  ],
};

const SCOPE_TEXT = `Checked: ${scope.covers.join('; ')}.\nNot covered: ${scope.doesNotCover.join('; ')}.`;

/** Adds to the end of an answer's text what its proof covers. */
export const withScope = (outcome: DecommissionOutcome): DecommissionOutcome =>
  outcome.answer.proof ? { ...outcome, text: [outcome.text, SCOPE_TEXT].join('\n') } : outcome;

/** What the answer is built from. */
interface Result {
  readonly went: readonly string[];
  readonly accounted?: readonly Accounted[];
  readonly stays: readonly Remaining[];
  readonly proof: Proof;
  readonly job?: Job;
}

export function answerOf(ref: EnvironmentRef, { went, accounted = [], stays, proof, job }: Result) {
  const verdict = verdictOf(proof);
  const { appId, backendEnvironmentName: environment } = ref;
  const { leftovers, stack } = proof;
  return {
    ...{ verdict, appId, environment, went },
    ...(accounted.length > 0 && { accounted: [...accounted] }),
    ...{ stays, leftovers },
    ...(stack && { stack }),
    ...(verdict !== 'failed' && { proof: scope }),
    nextSteps: nextSteps(verdict, ref, proof, job),
  };
}

export function textOf({ backendEnvironmentName: name }: EnvironmentRef, proof: Proof, job?: Job): string {
  const verdict = verdictOf(proof);
  const aws = job?.error ? ` AWS says (quoted data): ${quoted(job.error)}` : '';
  const said: Record<Verdict, string> = {
    gone: proof.hasTrace
      ? `${name} is gone: environment, stack and buckets.`
      : `${name} does not exist, and no stack and no bucket of its own was found.`,
    leftovers: `${name} is gone, but this was left behind:`,
    unproven: `${name} is gone from AmplifyBackend; not everything could be checked.`,
    failed: `${name} was not deleted.${aws}`,
  };
  const contradiction =
    job && job.state !== (proof.isGone ? 'succeeded' : 'failed')
      ? [`The job is ${job.state}, but ${name} ${proof.isGone ? `is gone.${aws}` : 'still exists.'}`]
      : [];
  const left = proof.leftovers.flatMap(({ what, why, command }) => [
    `- ${what}: ${why}`,
    ...(command === undefined ? [] : [`  To delete it with its files, a person types: ${command}`]),
  ]);
  return [said[verdict], ...left, ...contradiction].join('\n');
}
