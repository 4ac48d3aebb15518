/**
 * Making an environment's root stack with what is nested in it; and how that fails: one resource for a reason, the
 * others because of it, and all that was made is taken back.
 */
import type { Deployment } from '../resources.ts';
import { failedCreation, names, nestedCreation, nestedCreationFails, newNested } from './nested.ts';
import { byUser, cancelled, failedTo } from './reasons.ts';
import { about, type Course, creation, deletion, itself, perform, type Step } from './script.ts';
import { type Stack, type Stacks, stackType } from './stack.ts';
import { rootResources, type Template, type TemplateResource } from './templates.ts';

/** Makes an environment's root stack with a nested stack for each template. */
export function createStack(
  stacks: Stacks,
  deployment: Deployment,
  templates: readonly Template[],
  course: Course,
): void {
  const { ending } = course;
  const root: Stack = {
    name: deployment.stackName,
    id: deployment.stackId,
    description: 'Root Stack for AWS Amplify CLI',
    events: [],
  };
  const own = rootResources(deployment);
  const steps = [itself(root, 'CREATE_IN_PROGRESS', byUser)];
  if (ending.kind === 'fails') {
    steps.push(...creationFails(root, own, templates, ending.reason));
  } else {
    steps.push(
      ...creation(root, own),
      ...templates.flatMap(template => nestedCreation(newNested(root, template), template)),
      itself(root, 'CREATE_COMPLETE'),
    );
  }
  perform(stacks, root, steps, course);
}

/** The first nested stack fails and takes the second along; all that was made is deleted again. */
function creationFails(
  root: Stack,
  own: readonly TemplateResource[],
  [first, second]: readonly Template[],
  reason: string | undefined,
): Step[] {
  const closing = (failed: readonly string[], undo: readonly Step[]) => [
    itself(root, 'ROLLBACK_IN_PROGRESS', `${failedTo('CREATE', failed)}Rollback requested by user.`),
    ...undo,
    itself(root, 'ROLLBACK_COMPLETE'),
  ];
  if (!first) {
    const { steps, failed } = failedCreation(root, own, reason);
    return [...steps, ...closing(names(failed), deletion(root, failed))];
  }
  const failure = nestedCreationFails(newNested(root, first), first, reason);
  const sibling = second && { logicalId: second.logicalId, type: stackType, physicalId: '' };
  return [
    ...creation(root, own),
    ...(sibling ? [about(root, sibling, 'CREATE_IN_PROGRESS')] : []),
    ...failure.steps,
    ...(sibling ? [about(root, sibling, 'CREATE_FAILED', cancelled)] : []),
    ...closing(
      [first, ...(second ? [second] : [])].map(({ logicalId }) => logicalId),
      [
        ...(sibling ? [about(root, sibling, 'DELETE_COMPLETE')] : []),
        ...failure.undo,
        ...deletion(root, own),
      ],
    ),
  ];
}
