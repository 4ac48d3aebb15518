/** The table of workflows, and what policy has to know of them. */

import { operations } from '../operations/index.ts';
import type { PolicySubject } from '../policy/decide.ts';
import { cloneEnvironment } from './clone-environment/index.ts';
import { compareEnvironments } from './compare-environments/index.ts';
import { decommissionEnvironment } from './decommission-environment/index.ts';
import type { DeclaredTool, Workflow } from './define.ts';
import { describeEnvironment } from './describe-environment/index.ts';
import { explainJob } from './explain-job/index.ts';
import { exportEnvironment } from './export-environment/index.ts';
import { findOperation } from './find-operation/index.ts';
import { listApps } from './list-apps/index.ts';
import { provisionEnvironment } from './provision-environment/index.ts';
import { runOperation } from './run-operation/index.ts';
import { waitForJob } from './wait-for-job/index.ts';
import { whoami } from './whoami/index.ts';

/** Every workflow, in the order in which the tool list serves them, before the operations. */
export const workflows: readonly Workflow[] = [
  whoami,
  listApps,
  describeEnvironment,
  compareEnvironments,
  cloneEnvironment,
  provisionEnvironment,
  decommissionEnvironment,
  exportEnvironment,
  waitForJob,
  explainJob,
  findOperation,
];

/** What policy has to know of a workflow. */
export function subjectOf({ toolName, access, guide, steps = [] }: DeclaredTool): PolicySubject {
  const mayDestroy = operations.some(one => one.mayDestroy && steps.includes(one.toolName));
  return { toolName, access, toolset: 'workflows', everyEnvironment: false, mayDestroy, guide };
}

/** The tools of this room as they are declared: the workflows, and what runs all others. */
export const declaredTools: readonly DeclaredTool[] = [...workflows, runOperation];

export type { DeclaredTool, Workflow } from './define.ts';
