/** What came of taking an environment down, in one word, in sentences and as next steps. Pure. */
import type { Job } from '../../jobs/job.ts';
import type { EnvironmentPlace } from '../environment-settings.ts';
import { quoted } from '../stack-looks.ts';
import type { Staying } from './inventory.ts';
import type { Proof } from './proof.ts';

type Verdict = 'gone' | 'leftovers' | 'unproven' | 'failed';

function verdictOf({ isGone, leftovers, notes }: Proof, job: Job | undefined): Verdict {
  if (!isGone || job?.state === 'failed') return 'failed';
  if (leftovers.length > 0) return 'leftovers';
  return notes.some(note => note.startsWith('Not looked at')) ? 'unproven' : 'gone';
}

function nextSteps(
  verdict: Verdict,
  { appId, backendEnvironmentName }: EnvironmentPlace,
  job: Job | undefined,
) {
  switch (verdict) {
    case 'gone':
      return ['Nothing is left to do.'];
    case 'unproven':
      return [
        'The environment is gone from AmplifyBackend. What could not be looked at stands in notes: have the person look, or grant the IAM actions and call again.',
      ];
    case 'leftovers':
      return [
        'Show the person what was left behind, with the reasons. Nothing of it is deleted from here.',
        'A stack that is stuck over a bucket: the person empties the bucket and deletes the stack in the AWS console, or keeps both knowingly. Then call again for the proof.',
      ];
    case 'failed':
      return [
        ...(job
          ? [
              `Find out why with explain_job {"appId": "${appId}", "backendEnvironmentName": "${backendEnvironmentName}", "jobId": "${job.jobId}"} before anything is tried again.`,
            ]
          : []),
        'When the cause is mended, call again: it asks anew before it deletes.',
      ];
  }
}

/** What there is to answer with. */
export interface Told extends EnvironmentPlace {
  readonly went: readonly string[];
  readonly stays: readonly Staying[];
  readonly proof: Proof;
  readonly job?: Job;
}

/** The answer. */
export function answerOf({ went, stays, proof, job, ...place }: Told) {
  const verdict = verdictOf(proof, job);
  const { appId, backendEnvironmentName: environment } = place;
  const { leftovers, stack } = proof;
  return {
    ...{ verdict, appId, environment, went, stays, leftovers },
    ...(stack && { stack }),
    nextSteps: nextSteps(verdict, place, job),
  };
}

/** The same for a person. */
export function textOf({ backendEnvironmentName: name }: EnvironmentPlace, proof: Proof, job?: Job): string {
  const verdict = verdictOf(proof, job);
  const said: Record<Verdict, string> = {
    gone: `${name} is gone: environment, stack and buckets.`,
    leftovers: `${name} is gone, but this was left behind:`,
    unproven: `${name} is gone from AmplifyBackend; not everything could be looked at.`,
    failed: `${name} is not taken down.${job?.error ? ` AWS says (quoted data): ${quoted(job.error)}` : ''}`,
  };
  return [said[verdict], ...proof.leftovers.map(({ what, why }) => `- ${what}: ${why}`)].join('\n');
}
