/**
 * The templates that GetTemplate answers. A stack that was loaded has its own; for one that was created in the sandbox
 * the template is made from the settings of its environment, with the resources that the stack has now. Forms and
 * deletion policies are those of stacks that the Amplify CLI 14 deployed.
 */
import type { Json } from '../../lib/json.ts';
import { sandboxRegion } from '../identity.ts';
import type { Environment } from '../resources.ts';
import type { State } from '../state.ts';
import { apiBodies, authBodies, type Bodies, storageBodies } from './resource-bodies.ts';
import { isHeld, resourcesOf, type Stack, type StackView, stackType } from './stack.ts';
import { mainDescriptions } from './templates.ts';

const bucketBody = (BucketName: string): Json => ({
  Properties: { BucketName },
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
});

/** The environment whose root stack has the ARN. */
function environmentOf(state: State, rootId: string): Environment | undefined {
  for (const { environments } of state.apps.values())
    for (const environment of environments.values())
      if (environment.rootStacks.some(({ stackId }) => stackId === rootId)) return environment;
  return undefined;
}

/** The bodies of a stack's resources by their logical ids, without their types. */
function bodiesOf(state: State, { stack }: StackView): Bodies {
  const environment = environmentOf(state, stack.rootId ?? stack.parentId ?? stack.id);
  if (!environment) return {};
  const { auth, api, storage, deployment } = environment;
  if (stack.parentId === undefined)
    return deployment ? { DeploymentBucket: bucketBody(deployment.bucketName) } : {};
  return {
    ...(auth && authBodies(auth)),
    ...(storage && storageBodies(storage)),
    ...(api && apiBodies(api, environment.name)),
  };
}

/** The outputs of the resources of each category, by the logical id of the stack's main resource. */
function valuesOf({ auth, api, storage }: Environment): Readonly<Record<string, Json>> {
  return {
    ...(auth && {
      UserPool: {
        ...{
          UserPoolId: auth.userPoolId,
          AppClientID: auth.nativeClientId,
          AppClientIDWeb: auth.webClientId,
        },
        ...(auth.identityPoolId !== undefined && { IdentityPoolId: auth.identityPoolId }),
      },
    }),
    ...(storage && { S3Bucket: { BucketName: storage.bucketName, Region: sandboxRegion } }),
    ...(api && {
      GraphQLAPI: { GraphQLAPIIdOutput: api.apiId, GraphQLAPIEndpointOutput: api.endpoint },
    }),
  };
}

/**
 * The outputs of a stack: its own, or those of its environment's resources. They stay when a resource is moved into
 * another stack, as AWS's tool replaces references by values.
 */
export function outputsOf(state: State, { stack, events }: StackView): readonly Json[] {
  if (stack.outputs) return stack.outputs;
  const environment =
    stack.parentId === undefined ? undefined : environmentOf(state, stack.rootId ?? stack.parentId);
  const [main] = environment
    ? Object.entries(valuesOf(environment)).filter(([id]) => isOfCategory(stack, id))
    : [];
  if (!main || events.length === 0) return [];
  return Object.entries(main[1]).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
}

/** Whether a nested stack is the one of a category's main resource, by the description of its template. */
const isOfCategory = ({ description }: Stack, main: string) =>
  description === mainDescriptions[main as keyof typeof mainDescriptions];

/** The template of a stack. */
export function templateBodyOf(state: State, view: StackView): Json {
  const { stack } = view;
  if (stack.template) return stack.template;
  const bodies = bodiesOf(state, view);
  const nested = (logicalId: string): Json => ({
    Properties: {
      TemplateURL: `https://s3.amazonaws.com/${stack.name}-deployment/amplify-cfn-templates/${logicalId}.json`,
    },
  });
  const resources = resourcesOf(view)
    .filter(isHeld)
    .map(({ logicalId, type }) => {
      const own = Object.hasOwn(bodies, logicalId) ? bodies[logicalId] : undefined;
      return [logicalId, { Type: type, ...(type === stackType ? nested(logicalId) : own) }];
    });
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: stack.description,
    Resources: Object.fromEntries(resources),
  };
}
