/**
 * Creates an environment's root stack with its nested stacks. If the creation fails, one resource fails for a reason,
 * those in progress are cancelled, and everything is rolled back.
 */
import type { Deployment } from '../resources.ts';
import { failedCreation, logicalIdsOf, nestedCreation, nestedCreationFails, newNested } from './nested.ts';
import { cancelled, resourcesFailedTo, userInitiated } from './reasons.ts';
import { type Stack, type Stacks, stackType } from './stack.ts';
import {
  creationSteps,
  deletionSteps,
  resourceStep,
  type Schedule,
  type Step,
  stackStep,
  writeEvents,
} from './steps.ts';
import { rootResources, type Template, type TemplateResource } from './templates.ts';

/** Creates a root stack with a nested stack for each template. */
export function createStack(
  stacks: Stacks,
  deployment: Deployment,
  templates: readonly Template[],
  schedule: Schedule,
): void {
  const { ending } = schedule;
  const root: Stack = {
    name: deployment.stackName,
    id: deployment.stackId,
    description: 'Root Stack for AWS Amplify CLI',
    events: [],
  };
  const own = rootResources(deployment);
  const steps = [stackStep(root, 'CREATE_IN_PROGRESS', userInitiated)];
  if (ending.kind === 'fails') {
    steps.push(...creationFails(root, own, templates, ending.reason));
  } else {
    steps.push(
      ...creationSteps(root, own),
      ...templates.flatMap(template => nestedCreation(newNested(root, template), template)),
      stackStep(root, 'CREATE_COMPLETE'),
    );
  }
  writeEvents(stacks, root, steps, schedule);
}

/** The first nested stack fails, the second is cancelled, and everything is deleted again. */
function creationFails(
  root: Stack,
  own: readonly TemplateResource[],
  [first, second]: readonly Template[],
  reason: string | undefined,
): Step[] {
  const closing = (failed: readonly string[], undo: readonly Step[]) => [
    stackStep(
      root,
      'ROLLBACK_IN_PROGRESS',
      `${resourcesFailedTo('CREATE', failed)}Rollback requested by user.`,
    ),
    ...undo,
    stackStep(root, 'ROLLBACK_COMPLETE'),
  ];
  if (!first) {
    const { steps, failed } = failedCreation(root, own, reason);
    return [...steps, ...closing(logicalIdsOf(failed), deletionSteps(root, failed))];
  }
  const failure = nestedCreationFails(newNested(root, first), first, reason);
  const sibling = second && { logicalId: second.logicalId, type: stackType, physicalId: '' };
  return [
    ...creationSteps(root, own),
    ...(sibling ? [resourceStep(root, sibling, 'CREATE_IN_PROGRESS')] : []),
    ...failure.steps,
    ...(sibling ? [resourceStep(root, sibling, 'CREATE_FAILED', cancelled)] : []),
    ...closing(
      [first, ...(second ? [second] : [])].map(({ logicalId }) => logicalId),
      [
        ...(sibling ? [resourceStep(root, sibling, 'DELETE_COMPLETE')] : []),
        ...failure.undo,
        ...deletionSteps(root, own),
      ],
    ),
  ];
}
