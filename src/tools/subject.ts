/** What the policy needs to know about a workflow tool. */
import { operations } from '../operations/index.ts';
import type { PolicySubject } from '../policy/decide.ts';
import type { DeclaredTool } from './define.ts';

export function subjectOf({ toolName, access, guide, steps = [] }: DeclaredTool): PolicySubject {
  const mayDestroy = operations.some(one => one.mayDestroy && steps.includes(one.toolName));
  return { toolName, access, toolset: 'workflows', everyEnvironment: false, mayDestroy, guide };
}
