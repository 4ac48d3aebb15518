/** A write whose answers and whose looks at AWS are played, in turn. */

import type { EvidenceReads, JobList } from '../../src/aws/evidence-reads.ts';
import { type Answered, type Reconciliation, sendReconciled } from '../../src/call/reconcile.ts';
import type { OtherWrites, OwnWrite } from '../../src/call/write-ledger.ts';
import { ServerError } from '../../src/errors.ts';
import { outcomeOf, writes } from './sent.ts';

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
export const ok: Answered = { answer: { jobId: 'own' }, requestId: 'r-2' };

/** Sends a write whose answers are given in turn; every look at jobs answers the next list, the last one on. */
export async function play(
  name: string,
  answers: (Answered | ServerError)[],
  lists: JobList[],
  more: Partial<EvidenceReads> &
    Partial<Pick<Reconciliation, 'args' | 'signal'> & OtherWrites> & { own?: Partial<OwnWrite> } = {},
) {
  const { args, writes: others = [], isComplete = true, signal, own, ...looks } = more;
  let sent = 0;
  let looked = 0;
  const waits: number[] = [];
  const never = async () => {
    throw new Error('not to be looked at');
  };
  const reconciliation: Reconciliation = {
    operation: operationOf(name),
    args: args ?? { appId: 'd1a', backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' },
    own: {
      sending: async () => undefined,
      lost: async () => undefined,
      settled: async () => undefined,
      others: async () => ({ writes: others, isComplete }),
      ...own,
    },
    signal,
    now: () => SENT,
    wait: async ms => void waits.push(ms),
    deliver: async () => {
      const answer = answers[sent++];
      if (answer === undefined) throw new Error('sent too often');
      if (answer instanceof ServerError) throw answer;
      return answer;
    },
    looks: {
      // Under the source there is nothing; each round looks at the target first.
      jobs: async (_, environment) =>
        environment === 'dev' ? listOf([]) : (lists[Math.min(looked++, lists.length - 1)] ?? listOf([])),
      environments: never,
      hasEnvironment: async () => false,
      configuration: never,
      outputs: never,
      jobRecord: never,
      hasToken: never,
      ...looks,
    },
  };
  return { outcome: await outcomeOf(sendReconciled(reconciliation)), sent, waits };
}
