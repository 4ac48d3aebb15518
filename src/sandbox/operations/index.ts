/**
 * All operations of the service, by AWS name. The type demands every one of the model's, so a new operation in the
 * SDK is a compile error here and not a surprise at run time.
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
 * @param input checked against the operation's schema, members named as the SDK names them
 * @returns the answer, named likewise; absent members are missing or undefined
 * @throws ServiceError as the service would refuse
 */
export function perform(call: Call, input: object): object {
  // The schema has checked the input, which the compiler cannot see.
  const handler = handlers[call.operation] as (call: Call, input: object) => object;
  return handler(call, input);
}
