/**
 * The stacks of a Gen 2 backend as a branch deploys them: a root with a nested stack for auth, data and storage, and
 * under data one for each model. Logical ids, types and deletion policies are those of backends that AWS published.
 */
import { createHash } from 'node:crypto';
import type { Json } from '../../lib/json.ts';
import { sandboxAccountId, sandboxRegion } from '../identity.ts';
import type { Environment } from '../resources.ts';
import {
  allowsGuests,
  authenticationOf,
  clientProperties,
  s3Actions,
  userPoolProperties,
} from '../stacks/resource-bodies.ts';
import { derivedUuid, heldIn, type Stack, stackArn, stackType } from '../stacks/stack.ts';
import { creationSteps, stackStep, writeEvents } from '../stacks/steps.ts';
import type { State } from '../state.ts';

/** The stacks that were made. */
export interface Gen2Stacks {
  readonly root: Stack;
  readonly auth?: Stack;
  readonly storage?: Stack;
  readonly all: readonly Stack[];
}

interface Gen2Request {
  readonly appId: string;
  readonly branch: string;
  readonly environment: Environment;
  readonly gen1: readonly Stack[];
  readonly tables: 'adopted' | 'new';
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A resource to declare: its physical id, its type, and the rest of its body. */
type Declared = readonly [physicalId: string, type: string, body?: Json];

const hash = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length);
const random = (text: string) => hash(text, 12).toUpperCase();
const deleted = { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' } as const;
const hour = 60 * 60_000;
export const TABLE = 'AWS::DynamoDB::Table';
/** The logical id, in its Gen 1 stack, of a table that does not belong to a model. */
export const STORAGE_TABLE = 'DynamoDBTable';

/** Creates a stack whose events are an hour old. */
function makeStack(
  state: State,
  name: string,
  resources: Readonly<Record<string, Declared>>,
  { parent, kind, outputs = {}, now }: { parent?: Stack; kind: string; outputs?: Json; now: number },
): Stack {
  const description = JSON.stringify({
    ...{ createdOn: 'Linux', createdBy: 'AmplifyPipelineDeploy', createdWith: '1.21.0' },
    ...{ stackType: kind, metadata: {} },
  });
  const bodies = Object.entries(resources).map(([id, [, Type, body]]) => [id, { Type, ...body }]);
  const stack: Stack = {
    ...{ name, id: stackArn(name, derivedUuid(name)), description, events: [] },
    ...(parent && { parentId: parent.id }),
    ...(parent && parent.parentId !== undefined && { rootId: parent.rootId ?? parent.parentId }),
    template: { Description: description, Resources: Object.fromEntries(bodies) },
    outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  };
  const declared = Object.entries(resources).map(([logicalId, [physicalId, type]]) => ({
    ...{ logicalId, physicalId, type },
  }));
  const steps = [
    stackStep(stack, 'CREATE_IN_PROGRESS'),
    ...creationSteps(stack, declared),
    stackStep(stack, 'CREATE_COMPLETE'),
  ];
  writeEvents(state.stacks, stack, steps, {
    ...{ beginsAt: now - hour, endsAt: now - hour / 2, ending: { kind: 'succeeds' } },
  });
  return stack;
}

/** The name of a nested stack. It must be known before its parent is created. */
const nestedName = (parent: string, logicalId: string) =>
  `${parent}-${logicalId}-${random(parent + logicalId)}`;
const idOf = (name: string) => stackArn(name, derivedUuid(name));

function authResources({ auth }: Environment, seed: string, tags: Json): Record<string, Declared> {
  if (!auth) return {};
  const pool = 'amplifyAuthUserPool4BA7F805';
  const client = (more: Json): Json => ({ Properties: { UserPoolId: { Ref: pool }, ...more } });
  const role = (kind: string): Declared => [
    `amplify-${kind}-${hash(seed + kind, 12)}`,
    'AWS::IAM::Role',
    { Properties: { Tags: [{ Key: 'amplify:branch-name', Value: tags['amplify:branch-name'] }] } },
  ];
  const web = clientProperties(auth);
  return {
    [pool]: [
      `${sandboxRegion}_${hash(`${seed}pool`, 9)}`,
      'AWS::Cognito::UserPool',
      { Properties: { ...userPoolProperties(auth), UserPoolTags: tags }, ...deleted },
    ],
    amplifyAuthUserPoolAppClient2626C6F8: [
      hash(`${seed}web`, 26),
      'AWS::Cognito::UserPoolClient',
      client(web),
    ],
    amplifyAuthUserPoolNativeAppClient79534448: [
      hash(`${seed}native`, 26),
      'AWS::Cognito::UserPoolClient',
      client(web),
    ],
    ...(auth.identityPoolId !== undefined && {
      amplifyAuthIdentityPool3FDE84CC: [
        `${sandboxRegion}:${derivedUuid(seed, 'identities')}`,
        'AWS::Cognito::IdentityPool',
        { Properties: { AllowUnauthenticatedIdentities: allowsGuests(auth) } },
      ],
    }),
    amplifyAuthauthenticatedUserRoleD8DA3689: role('authenticated'),
    amplifyAuthunauthenticatedUserRole2B524D9E: role('unauthenticated'),
  };
}

/** A table's name without the environment, in characters that a logical id may have. */
export const tableStem = (name: string): string => name.replace(/-[^-]*$/, '').replace(/[^A-Za-z0-9]/g, '');

/** Tables that do not belong to models: Gen 2 has new ones until AWS's tool moves those of Gen 1. */
const storageTables = (gen1: readonly Stack[], seed: string): Record<string, Declared> =>
  Object.fromEntries(
    gen1
      .flatMap(heldIn)
      .filter(({ type, logicalId }) => type === TABLE && logicalId === STORAGE_TABLE)
      .map(({ physicalId }): [string, Declared] => {
        const name = tableStem(physicalId);
        return [
          `${name}${random(physicalId).slice(0, 8)}`,
          [
            `amplify-${hash(seed, 6)}-${name}`,
            TABLE,
            { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
          ],
        ];
      }),
  );

function storageResources({ storage }: Environment, seed: string): Record<string, Declared> {
  if (!storage) return {};
  const bucket = `${storage.name}Bucket71D6AA65`;
  const path = (name: string): Json => ({
    'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket, 'Arn'] }, name]],
  });
  const own = `\${cognito-identity.amazonaws.com:sub}`;
  const statement = (Action: readonly string[], Resource: readonly Json[]): Json => ({
    ...{ Effect: 'Allow', Action, Resource },
  });
  const actions = s3Actions(storage.permissions.Authenticated);
  return {
    [bucket]: [`amplify-${hash(seed, 6)}-${storage.name.toLowerCase()}`, 'AWS::S3::Bucket', deleted],
    [`${storage.name}Access33D0`]: [
      `${storage.name}-access`,
      'AWS::IAM::Policy',
      {
        Properties: {
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              statement(actions, [path('/public/*'), path(`/protected/${own}/*`), path(`/private/${own}/*`)]),
              statement(['s3:GetObject'], [path('/protected/*')]),
            ],
          },
          Roles: [{ Ref: 'referencetoauthamplifyAuthauthenticatedUserRoleRef' }],
        },
      },
    ],
  };
}

/** The model tables that the Gen 1 stacks have. */
const modelTables = (gen1: readonly Stack[]) =>
  gen1.flatMap(heldIn).filter(({ type, logicalId }) => type === TABLE && logicalId !== STORAGE_TABLE);

/** The custom resource by which Gen 2 manages a table. */
function tableResource(gen1Table: string, model: string, apiId: string, tables: 'adopted' | 'new'): Declared {
  const isImported = tables === 'adopted';
  const tableName = isImported ? gen1Table : `${model}-${apiId}-NONE`;
  const kind = isImported ? 'Custom::ImportedAmplifyDynamoDBTable' : 'Custom::AmplifyDynamoDBTable';
  return [
    tableName,
    kind,
    {
      Properties: { tableName, isImported, deletionProtectionEnabled: isImported },
      ...(isImported ? { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } : deleted),
    },
  ];
}

/** The output of the root stack that each stateful resource is named in. */
const outputsByType: Readonly<Record<string, string>> = {
  'AWS::Cognito::UserPool': 'userPoolId',
  'AWS::Cognito::IdentityPool': 'identityPoolId',
  'AWS::S3::Bucket': 'bucketName',
};

/** Sets the outputs of the root as a deployment would, from what auth and storage have now. */
export function refreshOutputs(root: Stack, of: Stack): void {
  const fresh = heldIn(of).flatMap(({ type, physicalId }) => {
    const OutputKey = Object.hasOwn(outputsByType, type) ? outputsByType[type] : undefined;
    return OutputKey === undefined ? [] : [{ OutputKey, OutputValue: physicalId }];
  });
  const keys: readonly unknown[] = fresh.map(({ OutputKey }) => OutputKey);
  root.outputs = [...(root.outputs ?? []).filter(({ OutputKey }) => !keys.includes(OutputKey)), ...fresh];
}

/** Makes the stacks of a Gen 2 backend of an environment. */
export function createGen2(state: State, request: Gen2Request): Gen2Stacks {
  const { appId, branch, environment, gen1, tables, now } = request;
  const seed = `${appId}/${environment.name}/${branch}`;
  const name = `amplify-${appId}-${branch.replace(/[^A-Za-z0-9]/g, '')}-branch-${hash(seed, 10)}`;
  const tags = { 'amplify:app-id': appId, 'amplify:branch-name': branch };
  const apiId = hash(`${seed}api`, 26);
  const models = environment.api
    ? modelTables(gen1).map(({ logicalId, physicalId }) => ({
        ...{ model: logicalId.slice(0, -'Table'.length), logicalId, physicalId },
      }))
    : [];
  const ids = { auth: 'auth179371D7', data: 'data7552DF31', storage: 'storage0EC3F24A' } as const;
  const files = storageResources(environment, seed);
  const storageParts = { ...files, ...storageTables(gen1, seed) };
  const hasStorage = Object.keys(storageParts).length > 0;
  const nested = (id: string): Declared => [idOf(nestedName(name, id)), stackType, deleted];
  const root = makeStack(
    state,
    name,
    {
      ...(environment.auth && { [ids.auth]: nested(ids.auth) }),
      ...(environment.api && { [ids.data]: nested(ids.data) }),
      ...(hasStorage && { [ids.storage]: nested(ids.storage) }),
    },
    { kind: 'root', outputs: { deploymentType: 'branch', region: sandboxRegion }, now },
  );
  const under = { parent: root, now };
  const make = (id: string, kind: string, resources: Record<string, Declared>) =>
    makeStack(state, nestedName(name, id), resources, { ...under, kind });
  const all = [root];
  const auth = environment.auth && make(ids.auth, 'auth-Cognito', authResources(environment, seed, tags));
  const storage = hasStorage ? make(ids.storage, 'storage-S3', storageParts) : undefined;
  if (environment.api) {
    const modelStack = (model: string) => `amplifyData${model}NestedStack${model}`;
    const modelName = (model: string) => nestedName(name, modelStack(model));
    const arn = `arn:aws:appsync:${sandboxRegion}:${sandboxAccountId}:apis/${apiId}`;
    const data = make(ids.data, 'api-AppSync', {
      amplifyDataGraphQLAPI42A6FA33: [
        arn,
        'AWS::AppSync::GraphQLApi',
        { Properties: authenticationOf(environment.api) },
      ],
      ...Object.fromEntries(
        models.map(({ model }): [string, Declared] => [
          modelStack(model),
          [idOf(modelName(model)), stackType, deleted],
        ]),
      ),
    });
    all.push(data);
    for (const { model, logicalId, physicalId } of models) {
      const table = { [logicalId]: tableResource(physicalId, model, apiId, tables) };
      all.push(makeStack(state, modelName(model), table, { parent: data, kind: 'api-AppSync', now }));
    }
  }
  for (const stack of [auth, storage])
    if (stack) {
      all.push(stack);
      refreshOutputs(root, stack);
    }
  return { root, all, ...(auth && { auth }), ...(storage && { storage }) };
}

/** Adds the holding stack of a Gen 2 category stack. One under review has no resource yet. */
export function addHolding(state: State, of: Stack, status: string, now: number): Stack {
  const name = `${of.name}-holding`;
  const stack: Stack = { name, id: idOf(name), description: 'Holding stack', events: [] };
  const steps =
    status === 'CREATE_COMPLETE'
      ? [stackStep(stack, 'CREATE_IN_PROGRESS'), stackStep(stack, status)]
      : [stackStep(stack, status)];
  writeEvents(state.stacks, stack, steps, {
    ...{ beginsAt: now - hour / 2, endsAt: now - hour / 4, ending: { kind: 'succeeds' } },
  });
  return stack;
}
