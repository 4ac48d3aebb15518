/** What a process sees of the applications in it: their calls, and what they send to AWS. Types only. */
import type { TargetsOptions } from '../aws/targets.ts';
import type { CallRecord, Recorder } from '../call/record.ts';
import type { Logger } from './log.ts';

/** Who sees it. */
export interface Observer {
  /** Where operators read of it. */
  readonly log: Logger;
  called(call: CallRecord): void;
  readonly trace?: Recorder['trace'];
  readonly aws?: TargetsOptions['watch'];
}
