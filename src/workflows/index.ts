/** The table of workflows, and what policy has to know of them. */

import { operations } from '../operations/index.ts';
import type { Subject } from '../policy/decide.ts';
import { cloneEnvironment } from './clone-environment.ts';
import { compareEnvironments } from './compare-environments.ts';
import { decommissionEnvironment } from './decommission-environment.ts';
import type { DeclaredTool, Workflow } from './define.ts';
import { describeEnvironment } from './describe-environment.ts';
import { explainJob } from './explain-job.ts';
import { exportEnvironment } from './export-environment.ts';
import { findOperation } from './find-operation.ts';
import { listApps } from './list-apps.ts';
import { provisionEnvironment } from './provision-environment.ts';
import { runOperation } from './run-operation.ts';
import { waitForJob } from './wait-for-job.ts';
import { whoami } from './whoami.ts';

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
export function subjectOf({ toolName, access, guide, steps = [] }: DeclaredTool): Subject {
  const mayDestroy = operations.some(one => one.mayDestroy && steps.includes(one.toolName));
  return { toolName, access, toolset: 'workflows', everyEnvironment: false, mayDestroy, guide };
}

/** The tools of this room as they are declared: the workflows, and what runs all others. */
export const declaredTools: readonly DeclaredTool[] = [...workflows, runOperation];

export type { DeclaredTool, Workflow } from './define.ts';
