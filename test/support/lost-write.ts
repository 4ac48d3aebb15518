/** A write to which AWS answers, and shows evidence, in the order that the test gives. */

import type { EvidenceReads, JobList } from '../../src/aws/evidence-reads.ts';
import { type AwsAnswer, reconcile, type SentWrite } from '../../src/call/reconcile.ts';
import type { OtherWrites, OwnWrite } from '../../src/call/write-ledger.ts';
import { ServerError } from '../../src/errors.ts';
import { machineLead } from '../../src/lib/clock.ts';
import { outcomeOf, writes } from './write-outcomes.ts';

export const SENT = Date.parse('2026-01-01T12:00:00Z');

export function operationOf(name: string) {
  const operation = writes.find(write => write.name === name);
  if (!operation) throw new Error(`no ${name}`);
  return operation;
}

export type Played = { JobId?: string; Operation?: string; at: number | undefined };

export const listOf = (jobs: Played[], more: Partial<JobList> = {}): JobList => ({
  jobs: jobs.map(({ JobId = 'j1', Operation = 'CloneBackend', at }) => ({
    ...{ AppId: 'd1a', BackendEnvironmentName: 'qa', JobId, Operation, Status: 'PENDING' },
    createdAt: at,
  })),
  isComplete: true,
  aheadMs: 0,
  ...more,
});

export const lost = () => new ServerError('outcome_unknown', { message: 'Lost.', requestId: 'r-1' });
export const ok: AwsAnswer = { answer: { jobId: 'own' }, requestId: 'r-2' };

/** Sends a write that gets these answers in order. Each read of jobs gets the next list, and the last list from then on. */
export async function play(
  name: string,
  answers: (AwsAnswer | ServerError)[],
  lists: JobList[],
  more: Partial<EvidenceReads> &
    Partial<Pick<SentWrite, 'args' | 'signal'> & OtherWrites> & { own?: Partial<OwnWrite> } = {},
) {
  const { args, writes: others = [], isComplete = true, signal, own, ...reads } = more;
  let sent = 0;
  let jobReads = 0;
  const waits: number[] = [];
  const never = async () => {
    throw new Error('not to be read');
  };
  const ownWrite: OwnWrite = {
    sending: async () => undefined,
    lost: async () => undefined,
    settled: async () => undefined,
    others: async () => ({ writes: others, isComplete }),
    ...own,
  };
  const attempt = async () => {
    await ownWrite.sending();
    const answer = answers[sent++];
    if (answer === undefined) throw new Error('sent too often');
    return answer;
  };
  const write: SentWrite = {
    operation: operationOf(name),
    args: args ?? { appId: 'd1a', backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' },
    own: ownWrite,
    signal,
    sentAt: SENT,
    leadThen: machineLead(),
    wait: async ms => void waits.push(ms),
    attempt,
    reads: {
      // No job is listed under the source. Each round reads the target first.
      jobs: async (_, environment) =>
        environment === 'dev' ? listOf([]) : (lists[Math.min(jobReads++, lists.length - 1)] ?? listOf([])),
      environments: never,
      hasEnvironment: async () => false,
      configuration: never,
      outputs: never,
      jobRecord: never,
      hasToken: never,
      ...reads,
    },
  };
  const first = await attempt();
  const outcome = first instanceof ServerError ? await outcomeOf(reconcile(write, first)) : first;
  return { outcome, sent, waits };
}
