/**
 * Apps and environments as callers read and follow them. What is followed is read again from time to time, once for all
 * its followers, and soon after one of its jobs appears or ends. Followers are called only after a change.
 */
import { toServerError } from '../errors.ts';
import { DueTimes } from '../jobs/due-times.ts';
import type { Release } from '../jobs/report.ts';
import { type Clock, systemClock } from '../lib/timers.ts';
import { digestOf } from '../secrets/digest.ts';
import {
  type AppOrEnvironmentRef,
  type AppOrEnvironmentView,
  jobsAt,
  refUri,
  viewOf,
} from './environment-view.ts';
import type { Jobs } from './jobs.ts';
import type { Reader, ReadTool, ToolAnswer } from './read-across-targets.ts';

/** What a feed is created from. */
export interface EnvironmentFeedOptions {
  readonly readTool: ReadTool;
  readonly jobs: Pick<Jobs, 'known' | 'followKnown'>;
  readonly clock?: Clock;
}

/** The followers of one ref under one caller: all of them see the same. */
interface FollowerGroup {
  readonly followers: Set<{ readonly onChange: () => void }>;
  readonly release: Release;
  /** Digest of the state that the followers know. */
  published: string;
}

/** An app or an environment that is followed. */
interface FollowedRef {
  readonly key: string;
  readonly ref: AppOrEnvironmentRef;
  readonly groups: Map<string, FollowerGroup>;
  /** Digest of AWS's last answer, or `GONE`. */
  answer: string;
  readAt: number;
  /** When a job of the ref appeared or ended since the last read. */
  jobChangedAt: number | undefined;
  isReading: boolean;
}

const READ_EVERY_MS = 60_000;
/** Several jobs may start or end at once, and AWS shows their effect after a moment. */
const AFTER_JOB_MS = 1_000;
const LEAST_APART_MS = 5_000;

/** Stands for the digest of an app or environment that AWS does not have. */
const GONE = 'gone';

const digestOfAnswer = (ref: AppOrEnvironmentRef, answer: ToolAnswer) => digestOf(viewOf(ref, answer, []));

/** Reads and follows apps and environments. Every read passes validation and policy. */
export class EnvironmentFeed {
  readonly #readTool: ReadTool;
  readonly #jobs: EnvironmentFeedOptions['jobs'];
  readonly #clock: Clock;
  readonly #dueTimes: DueTimes;
  readonly #followed = new Map<string, FollowedRef>();
  /** First reads under way, by ref and caller. */
  readonly #firstReads = new Map<string, Promise<string>>();

  constructor({ readTool, jobs, clock = systemClock }: EnvironmentFeedOptions) {
    this.#readTool = readTool;
    this.#jobs = jobs;
    this.#clock = clock;
    this.#dueTimes = new DueTimes(clock);
  }

  /** How many reads are scheduled. */
  get pending(): number {
    return this.#dueTimes.size;
  }

  /** The present state. @throws ServerError */
  async read(ref: AppOrEnvironmentRef, reader: Reader): Promise<AppOrEnvironmentView> {
    const answer = await this.#readBackend(ref, reader);
    const followed = this.#followed.get(refUri(ref));
    if (followed) {
      this.#update(followed, digestOfAnswer(ref, answer));
      this.#scheduleRead(followed);
    }
    return viewOf(ref, answer, this.#knownJobs(ref, reader.caller));
  }

  /**
   * Calls back after each change, a deletion included; not after the release.
   * @throws ServerError as `read`: what cannot be read cannot be followed
   */
  async follow(ref: AppOrEnvironmentRef, { caller }: Reader, onChange: () => void): Promise<Release> {
    const key = refUri(ref);
    const before = this.#followed.get(key);
    const known = before?.groups.has(caller) ? before.answer : GONE;
    const answer = known === GONE ? await this.#firstRead(ref, caller) : known;
    const followed = this.#followed.get(key) ?? this.#addFollowed(ref, answer);
    if (answer !== followed.answer) this.#update(followed, answer);
    const group = followed.groups.get(caller) ?? this.#addGroup(followed, caller);
    const follower = { onChange };
    group.followers.add(follower);
    this.#scheduleRead(followed);
    return () => {
      if (group.followers.delete(follower) && group.followers.size === 0) this.#removeGroup(followed, caller);
    };
  }

  /** Stops following everything. */
  close(): void {
    for (const followed of [...this.#followed.values()]) {
      for (const [caller, { followers }] of [...followed.groups]) {
        followers.clear();
        this.#removeGroup(followed, caller);
      }
    }
  }

  #readBackend(ref: AppOrEnvironmentRef, reader: Reader): Promise<ToolAnswer> {
    return this.#readTool('get_backend', ref, reader);
  }

  #knownJobs(ref: AppOrEnvironmentRef, caller: string) {
    return jobsAt(ref, this.#jobs.known(caller));
  }

  /** Digest of the state that a caller would read now. */
  #stateOf({ ref, answer }: FollowedRef, caller: string): string {
    return digestOf([answer, this.#knownJobs(ref, caller)]);
  }

  /** A caller's first read, shared by all followers that it adds at the same time. */
  #firstRead(ref: AppOrEnvironmentRef, caller: string): Promise<string> {
    const key = JSON.stringify([refUri(ref), caller]);
    const read = async () => digestOfAnswer(ref, await this.#readBackend(ref, { caller }));
    const reading = this.#firstReads.get(key) ?? read().finally(() => this.#firstReads.delete(key));
    this.#firstReads.set(key, reading);
    return reading;
  }

  #addFollowed(ref: AppOrEnvironmentRef, answer: string): FollowedRef {
    const key = refUri(ref);
    const followed: FollowedRef = {
      ...{ key, ref, answer, groups: new Map() },
      ...{ readAt: this.#clock.now(), jobChangedAt: undefined, isReading: false },
    };
    this.#followed.set(key, followed);
    return followed;
  }

  #addGroup(followed: FollowedRef, caller: string): FollowerGroup {
    const release = this.#jobs.followKnown(caller, () => this.#onJobsChanged(followed, caller));
    const group = { followers: new Set<{ onChange: () => void }>(), release, published: '' };
    group.published = this.#stateOf(followed, caller);
    followed.groups.set(caller, group);
    return group;
  }

  #removeGroup(followed: FollowedRef, caller: string): void {
    followed.groups.get(caller)?.release();
    followed.groups.delete(caller);
    if (followed.groups.size > 0) return;
    this.#dueTimes.delete(followed.key);
    this.#followed.delete(followed.key);
  }

  /** Stores AWS's answer, and calls the followers whose view it changes. */
  #update(followed: FollowedRef, answer: string): void {
    followed.answer = answer;
    followed.readAt = this.#clock.now();
    for (const [caller, group] of [...followed.groups]) {
      const state = this.#stateOf(followed, caller);
      if (state === group.published) continue;
      group.published = state;
      for (const { onChange } of [...group.followers]) onChange();
    }
  }

  /** The caller's known jobs changed, perhaps those of this ref. */
  #onJobsChanged(followed: FollowedRef, caller: string): void {
    const { jobChangedAt, groups } = followed;
    if (jobChangedAt !== undefined || this.#stateOf(followed, caller) === groups.get(caller)?.published)
      return;
    followed.jobChangedAt = this.#clock.now();
    this.#scheduleRead(followed);
  }

  /** Schedules the next read, unless the last follower left or a read is in progress. */
  #scheduleRead(followed: FollowedRef): void {
    const { key, readAt, jobChangedAt, isReading } = followed;
    if (isReading || this.#followed.get(key) !== followed) return;
    const dueAt =
      jobChangedAt === undefined
        ? readAt + READ_EVERY_MS
        : Math.max(jobChangedAt + AFTER_JOB_MS, readAt + LEAST_APART_MS);
    this.#dueTimes.set(key, dueAt, () => void this.#readAgain(followed));
  }

  async #readAgain(followed: FollowedRef): Promise<void> {
    const { ref, groups } = followed;
    const [caller = ''] = groups.keys();
    followed.isReading = true;
    followed.jobChangedAt = undefined;
    try {
      this.#update(followed, digestOfAnswer(ref, await this.#readBackend(ref, { caller })));
    } catch (thrown) {
      followed.readAt = this.#clock.now();
      // Any other failure does not change what is known: the published state holds until the next read.
      if (toServerError(thrown).code === 'not_found') this.#update(followed, GONE);
    } finally {
      followed.isReading = false;
      this.#scheduleRead(followed);
    }
  }
}
