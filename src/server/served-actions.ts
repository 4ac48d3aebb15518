/** The IAM actions that the served tools need, for the IAM policy. This module loads every tool. */
import { stackEffectOf } from '../call/authorize/migration-guard.ts';
import { migrationReadActions } from '../call/migration-reads.ts';
import { operationOf } from '../call/reads.ts';
import { decide } from '../policy/decide.ts';
import { workflows } from '../tools/index.ts';
import { subjectOf } from '../tools/subject.ts';
import { servedOperations } from './access.ts';
import type { Config } from './settings.ts';

/** The IAM actions that the migration guard needs for its reads; none if no served write is guarded. */
export function servedGuardActions(config: Config) {
  const guarded = [
    ...servedOperations(config),
    ...workflows
      .filter(workflow => decide(subjectOf(workflow), config).kind !== 'deny')
      .flatMap(({ steps = [] }) => steps.map(operationOf)),
  ].some(operation => stackEffectOf(operation) !== undefined);
  return guarded
    ? migrationReadActions.map(iamAction => ({
        ...{ toolName: 'migration guard', access: 'read' as const, iamAction },
      }))
    : [];
}

/** The IAM actions that the served workflows need. */
export function servedWorkflowActions(config: Config) {
  return workflows
    .filter(workflow => decide(subjectOf(workflow), config).kind !== 'deny')
    .flatMap(({ toolName, iamActions = [], steps = [] }) => [
      ...iamActions.map(iamAction => ({ toolName, access: 'read' as const, iamAction })),
      ...steps.map(operationOf),
    ]);
}
