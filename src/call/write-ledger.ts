/**
 * The writes of this process that start jobs, from all callers: which wait for AWS's answer, which lost it, and which
 * job each of them started. When a lost write finds a job, the ledger says which write started it. Replicas share their
 * writes; the writes of other programs are unknown.
 *
 * An app's id is unique in all of AWS, so it stands for the account and the region that a write goes to.
 */
import { randomUUID } from 'node:crypto';
import type { Wait } from '../aws/wait.ts';
import { machineLead, monotonicNow } from '../lib/clock.ts';

/** A write, as it is known to other writes. Times are milliseconds on the monotonic clock. */
export interface KnownWrite {
  /** AWS's name: `CloneBackend`. */
  readonly operation: string;
  /** The environment that the write changes; undefined where it names none. */
  readonly environment: string | undefined;
  /** `sending`: AWS has not answered; `lost`: no answer came; `settled`: answered, refused or found. */
  readonly state: 'sending' | 'lost' | 'settled';
  /** The job that it started, where it is known. */
  readonly jobId?: string;
  readonly sentAt: number;
  readonly changedAt: number;
}

/** The writes that replicas share. Times are epoch milliseconds on the machines' clocks. */
export interface SharedWrites {
  /** Never rejects: a replica that cannot be reached fails its own `known`. */
  publish(appId: string, id: string, write: KnownWrite): Promise<void>;
  /** The writes of all replicas. @throws ServerError store_unavailable */
  known(appId: string): Promise<ReadonlyMap<string, KnownWrite>>;
}

/** The other writes of an app. */
export interface OtherWrites {
  readonly writes: readonly KnownWrite[];
  /** Whether the writes of the other replicas are among them, where there are replicas. */
  readonly isComplete: boolean;
}

/** The ledger entry of one write, for its sender. */
export interface OwnWrite {
  /** The write is sent, for the first time or again. */
  sending(): Promise<void>;
  /** The answer was lost. */
  lost(): Promise<void>;
  /** AWS answered, or what became of it was found. @param jobId the job that it started */
  settled(jobId?: string): Promise<void>;
  /**
   * The other writes of the app. Waits until AWS has answered them, at most about 10 s over the life of this write.
   * @throws ServerError cancelled
   */
  others(wait: Wait, signal: AbortSignal | undefined): Promise<OtherWrites>;
}

/** The writes of a process to one AWS. */
export interface WriteLedger {
  begin(appId: string, write: Pick<KnownWrite, 'operation' | 'environment'>): OwnWrite;
}

/** Older writes are not needed: a job's time shows that it is older. */
const KEPT_MS = 10 * 60_000;
const MOST_PER_APP = 1_000;
const ASK_EVERY_MS = 250;
const MOST_WAITS = 40;
/** AWS has answered by then, or its answer is lost: a replica that still says `sending` is dead. */
const LONGEST_SENDING_MS = 90_000;

const isOld = ({ changedAt }: KnownWrite) => monotonicNow() - changedAt > KEPT_MS;
/** A write with the state that its age implies. */
const asOfNow = (write: KnownWrite): KnownWrite =>
  write.state === 'sending' && monotonicNow() - write.changedAt > LONGEST_SENDING_MS
    ? { ...write, state: 'lost' }
    : write;

/** Moves the times of a write from one clock to another. */
const shiftTimes = (write: KnownWrite, ms: number): KnownWrite => ({
  ...write,
  sentAt: write.sentAt + ms,
  changedAt: write.changedAt + ms,
});

/** Creates a ledger. @param shared the writes that replicas share */
export function createWriteLedger(shared?: SharedWrites): WriteLedger {
  const apps = new Map<string, Map<string, KnownWrite>>();

  function forgetOld(): void {
    for (const [appId, writes] of apps) {
      for (const [id, write] of writes) if (isOld(write) || writes.size > MOST_PER_APP) writes.delete(id);
      if (writes.size === 0) apps.delete(appId);
    }
  }

  async function put(appId: string, id: string, write: KnownWrite): Promise<void> {
    apps.set(appId, (apps.get(appId) ?? new Map()).set(id, write));
    await shared?.publish(appId, id, shiftTimes(write, machineLead()));
  }

  async function othersOf(appId: string, id: string): Promise<OtherWrites> {
    let isComplete = true;
    const published = await shared?.known(appId).catch(() => {
      isComplete = false;
      return undefined;
    });
    const all = new Map(
      [...(published ?? [])].map(([one, write]) => [one, shiftTimes(write, -machineLead())]),
    );
    // For its own writes, this process is the best source.
    for (const [one, write] of apps.get(appId) ?? []) all.set(one, write);
    all.delete(id);
    return { writes: [...all.values()].filter(write => !isOld(write)).map(asOfNow), isComplete };
  }

  return {
    begin(appId, named) {
      forgetOld();
      const id = randomUUID();
      const sentAt = monotonicNow();
      const change = (state: KnownWrite['state'], jobId?: string) =>
        put(appId, id, {
          ...named,
          ...{ state, sentAt, changedAt: monotonicNow() },
          ...(jobId !== undefined && { jobId }),
        });
      let waits = 0;
      return {
        sending: () => change('sending'),
        lost: () => change('lost'),
        settled: jobId => change('settled', jobId),
        async others(wait, signal) {
          for (;;) {
            const found = await othersOf(appId, id);
            if (waits >= MOST_WAITS || !found.writes.some(({ state }) => state === 'sending')) return found;
            waits += 1;
            await wait(ASK_EVERY_MS, signal);
          }
        },
      };
    },
  };
}

/** The key of the ledgers of a server without replicas. */
const withoutReplicas = {};
const ledgers = new WeakMap<object, Map<string, WriteLedger>>();

/**
 * The ledger of all callers of this process: each caller has AWS clients of its own, but their writes concern the same apps.
 * @param endpoint the one that replaces AWS's own, such as a sandbox's; it has a ledger of its own
 */
export function getWriteLedger(endpoint: string | undefined, shared?: SharedWrites): WriteLedger {
  const byEndpoint = ledgers.get(shared ?? withoutReplicas) ?? new Map<string, WriteLedger>();
  ledgers.set(shared ?? withoutReplicas, byEndpoint);
  const key = endpoint ?? '';
  const ledger = byEndpoint.get(key) ?? createWriteLedger(shared);
  byEndpoint.set(key, ledger);
  return ledger;
}
