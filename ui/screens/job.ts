/** The part of the page about one job: its state, and why it failed. */
import type { Job } from '../answers.ts';
import { el, named, prose, section, sentences } from '../dom.ts';
import { state, steps } from '../parts.ts';
import { forPerson, nameText, operationText, timeText } from '../text.ts';

/** What `wait_for_job` and `explain_job` answer. */
export interface JobAnswer {
  readonly job?: Job;
  readonly reason?: string;
  readonly firstFailure?: {
    readonly logicalId?: string;
    readonly type?: string;
    readonly status?: string;
    readonly reason?: string;
  };
  readonly causes?: readonly {
    readonly cause?: string;
    readonly evidence?: string;
    readonly whatToDo?: string;
  }[];
  readonly nextSteps?: readonly string[];
  readonly nextStep?: string;
}

/** @param isUnknown whether the present state of the job cannot be read */
export function jobPart(
  { job = {}, reason, firstFailure, causes = [], nextSteps, nextStep }: JobAnswer,
  isUnknown = false,
): HTMLElement {
  const why = reason ?? job.error;
  return section(
    'The job',
    'asked-job',
    el(
      'div',
      { class: 'between' },
      el(
        'span',
        null,
        el('strong', null, operationText(job.operation)),
        ' ',
        named(job.backendEnvironmentName),
      ),
      isUnknown ? state('unknown') : job.state === undefined ? undefined : state(job.state),
    ),
    el(
      'p',
      { class: 'quiet number' },
      [timeText(job.createdAt), nameText(job.jobId)].filter(Boolean).join(' · '),
    ),
    isUnknown && prose('It can no longer be read. Look at the board and at the AWS console.'),
    why !== undefined && prose(why, job.state === 'failed' ? 'badly' : ''),
    firstFailure &&
      el(
        'p',
        null,
        el('span', { class: 'label' }, 'First failure '),
        named(firstFailure.logicalId),
        el('span', { class: 'quiet' }, ` ${nameText(firstFailure.type)} ${nameText(firstFailure.status)}`),
      ),
    firstFailure?.reason !== undefined && firstFailure.reason !== why && prose(firstFailure.reason, 'badly'),
    causes.length > 0 &&
      el(
        'ul',
        { class: 'plain findings' },
        causes.map(({ cause, evidence, whatToDo }) =>
          el(
            'li',
            { class: 'finding warn' },
            el('strong', null, nameText(cause, 300)),
            evidence !== undefined && el('p', { class: 'quiet', dir: 'auto' }, nameText(evidence, 600)),
            sentences(forPerson([whatToDo])),
          ),
        ),
      ),
    steps(nextSteps) ??
      (job.state === 'running' || nextStep === undefined ? undefined : sentences(forPerson([nextStep]))),
  );
}
