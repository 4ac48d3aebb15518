/** Failures as the AWS SDK throws them, and two operations that meet them. */
import { operations } from '../../src/operations/index.ts';

export function operationOf(toolName: string) {
  const operation = operations.find(candidate => candidate.toolName === toolName);
  if (!operation) throw new Error(`no ${toolName}`);
  return operation;
}

export const read = operationOf('get_backend');
export const write = operationOf('clone_backend');

export const answered = (httpStatusCode: number) => ({ httpStatusCode, requestId: 'r-1' });
export const named = (name: string, message = 'words', more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });
export const aws = (name: string, status: number, message = 'words') =>
  named(name, message, { $metadata: answered(status) });

/** Thrown by another service of AWS. */
export const chain = (name: string, status = 400) => Object.assign(aws(name, status), { $fault: 'client' });
