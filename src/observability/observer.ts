/** The interface through which a process observes the calls of an application and its requests to AWS. */
import type { TargetsOptions } from '../aws/targets.ts';
import type { CallRecord, Recorder } from '../call/record.ts';
import type { Logger } from './log.ts';

/** Observes one application. */
export interface Observer {
  /** The log for operators. */
  readonly log: Logger;
  called(call: CallRecord): void;
  readonly trace?: Recorder['trace'];
  readonly aws?: TargetsOptions['watch'];
}
