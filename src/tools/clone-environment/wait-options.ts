/** How a clone treats jobs and stacks that block it. */
export interface WaitOptions {
  /** Whether the call waits for them; otherwise it is refused. */
  readonly waits: boolean;
  /** Whether the clone is only planned, or a person is to be asked first: then nothing is waited for. */
  readonly isPlan: boolean;
  /** Whether a clone has created the target already: then only a deletion blocks. */
  readonly targetExists: boolean;
  readonly secondsLeft: () => number;
}
