/**
 * All operations of the service, by AWS name. The type requires one handler for each operation of the SDK's model, so
 * a new operation in the SDK is a compile error.
 */
import type { Call, Handlers } from '../call.ts';
import type { OperationName } from '../model.ts';
import { adminHandlers } from './admin.ts';
import { apiHandlers } from './api.ts';
import { authHandlers } from './auth.ts';
import { environmentHandlers } from './environments.ts';
import { jobHandlers } from './job-records.ts';
import { storageHandlers } from './storage.ts';

const handlers: Handlers<OperationName> = {
  ...environmentHandlers,
  ...authHandlers,
  ...apiHandlers,
  ...storageHandlers,
  ...adminHandlers,
  ...jobHandlers,
};

/**
 * Runs the operation that the call names.
 * @param input checked against the operation's schema, with the SDK's member names
 * @returns the answer with the SDK's member names; absent members are missing or undefined
 * @throws ServiceError if the service refuses
 */
export function perform(call: Call, input: object): object {
  // `readInput` has checked the input against the operation's schema; the compiler does not know that.
  const handler = handlers[call.operation] as (call: Call, input: object) => object;
  return handler(call, input);
}
