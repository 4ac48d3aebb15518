/** The table of all operations, in the order in which the tool list serves them. */
import { apiOperations } from './api.ts';
import { authOperations } from './auth.ts';
import { backendOperations } from './backend.ts';
import { configOperations } from './config.ts';
import type { Operation } from './define.ts';
import { jobOperations } from './jobs.ts';
import { storageOperations } from './storage.ts';
import { tokenOperations } from './tokens.ts';

/** Every operation of AmplifyBackend, each once. */
export const operations: readonly Operation[] = [
  ...backendOperations,
  ...jobOperations,
  ...authOperations,
  ...apiOperations,
  ...storageOperations,
  ...configOperations,
  ...tokenOperations,
];

export type { Access, Operation } from './define.ts';
