/** What came of taking an environment down, in one word, in sentences and as next steps. Pure. */

import { deleteRecordCommand } from '../../call/authorize/inventory.ts';
import type { EnvironmentRef, Job } from '../../jobs/job.ts';
import { quoteJson } from '../../lib/quote.ts';
import { quoted } from '../stack-looks.ts';
import type { Staying } from './inventory.ts';
import type { Proof } from './proof.ts';

type Verdict = 'gone' | 'leftovers' | 'unproven' | 'failed';

/** By what is there, not by what the job says of itself: deletions are known to fail in word and not in deed. */
function verdictOf({ isGone, isWhole, leftovers }: Proof): Verdict {
  if (!isGone) return 'failed';
  if (leftovers.length > 0) return 'leftovers';
  return isWhole ? 'gone' : 'unproven';
}

const explain = ({ appId, backendEnvironmentName, jobId }: Job) =>
  `Find out why with explain_job ${quoteJson({ appId, backendEnvironmentName, jobId })} before anything is tried again.`;

function nextSteps(
  verdict: Verdict,
  { appId, backendEnvironmentName }: EnvironmentRef,
  job: Job | undefined,
) {
  switch (verdict) {
    case 'gone':
      return ['Nothing is left to do.'];
    case 'unproven':
      return [
        'The environment is gone from AmplifyBackend. What could not be looked at stands in notes: have the person look, or have the IAM actions allowed where that is what is missing, and call again.',
      ];
    case 'leftovers':
      return [
        'Show the person what was left behind, with the reasons. Nothing of it is deleted from here.',
        'A stack that is stuck over a bucket: the person empties the bucket and deletes the stack in the AWS console, or keeps both knowingly. Then call again for the proof.',
      ];
    case 'failed':
      return [
        ...(job ? [explain(job)] : []),
        `When the cause is mended, call again: it asks anew before it deletes. Where AmplifyBackend cannot delete it at all, a person types: ${deleteRecordCommand(appId, backendEnvironmentName)} (it deletes Amplify's record of it; its stack and its buckets stay).`,
      ];
  }
}

/** What there is to answer with. */
export interface Told extends EnvironmentRef {
  readonly went: readonly string[];
  readonly stays: readonly Staying[];
  readonly proof: Proof;
  readonly job?: Job;
}

/** The answer. */
export function answerOf({ went, stays, proof, job, ...place }: Told) {
  const verdict = verdictOf(proof);
  const { appId, backendEnvironmentName: environment } = place;
  const { leftovers, stack } = proof;
  return {
    ...{ verdict, appId, environment, went, stays, leftovers },
    ...(stack && { stack }),
    nextSteps: nextSteps(verdict, place, job),
  };
}

/** The same for a person. */
export function textOf({ backendEnvironmentName: name }: EnvironmentRef, proof: Proof, job?: Job): string {
  const verdict = verdictOf(proof);
  const aws = job?.error ? ` AWS says (quoted data): ${quoted(job.error)}` : '';
  const said: Record<Verdict, string> = {
    gone: proof.hasTrace
      ? `${name} is gone: environment, stack and buckets.`
      : `${name} is not there, and no stack and no bucket of its own was found.`,
    leftovers: `${name} is gone, but this was left behind:`,
    unproven: `${name} is gone from AmplifyBackend; not everything could be looked at.`,
    failed: `${name} is not taken down.${aws}`,
  };
  const contradiction =
    job && job.state !== (proof.isGone ? 'succeeded' : 'failed')
      ? [`The job says ${job.state}, and yet ${name} is ${proof.isGone ? `gone.${aws}` : 'still there.'}`]
      : [];
  const left = proof.leftovers.map(({ what, why }) => `- ${what}: ${why}`);
  return [said[verdict], ...left, ...contradiction].join('\n');
}
