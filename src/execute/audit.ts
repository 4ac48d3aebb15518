/**
 * The audit: a line before and a line after each attempted write, appended to a file of JSON lines. A write
 * whose first line cannot be written does not happen.
 */
import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { RegisteredError } from '../errors.ts';

/** What is known before the write; secrets are withheld in it. */
export interface Attempt {
  /** Who asked: the transport's caller and the client that spoke for them. */
  readonly who: string;
  readonly tool: string;
  readonly account: string;
  readonly arn?: string;
  readonly region: string;
  readonly target?: string;
  readonly request: object;
  readonly decision: string;
}

/** What came of it. */
export interface Result {
  readonly outcome: string;
  readonly requestId?: string | undefined;
  readonly jobId?: string | undefined;
}

/** Records one attempt. @returns what records its result */
export type Audit = (attempt: Attempt) => Promise<(result: Result) => Promise<void>>;

/**
 * An audit that appends to a file, readable by its owner alone.
 * @param onLost told when a result could not be recorded: the write has happened by then
 */
export function createAudit(file: string, onLost: (thrown: unknown) => void): Audit {
  const append = (line: object) =>
    appendFile(file, `${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`, {
      mode: 0o600,
      flush: true,
    });
  return async attempt => {
    const id = randomUUID();
    try {
      await append({ phase: 'attempt', id, ...attempt });
    } catch (thrown) {
      throw new RegisteredError('audit_unavailable', { cause: thrown });
    }
    return async result => {
      const { who, tool, account, arn, region, target } = attempt;
      const line = { phase: 'result', id, who, tool, account, arn, region, target, ...result };
      await append(line).catch(onLost);
    };
  };
}
