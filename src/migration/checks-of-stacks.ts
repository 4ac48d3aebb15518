/** What the Gen 1 stacks' templates say of the environment's migration. */
import { memberOf, textOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import { apisIn } from './api-modes.ts';
import { jsonParameter, parseList, providerNames } from './auth-settings.ts';
import { type Checked, modesSeen, type Seen } from './checks-of-meta.ts';
import type { RequirementName } from './requirements.ts';
import { signsOf } from './signs.ts';
import { type StackView, type TemplateResource, viewStacks } from './stack-view.ts';
import { type MigrationFacts, rootOf } from './stacks.ts';

/** The longest template that CloudFormation accepts in a request, in bytes. */
const MOST_TEMPLATE_BYTES = 51_200;

/** What is shown of a resource: the end of its stack's name, and its id. */
const placeOf = ({ stack, logicalId }: TemplateResource) => `${shortName(stack)}/${logicalId}`;

/** `amplify-shop-dev-1a2b3-authshop-XYZ` is `authshop` to a person. */
function shortName({ name, facts: { parentName } }: StackView): string {
  const own =
    parentName !== undefined && name.startsWith(`${parentName}-`) ? name.slice(parentName.length + 1) : name;
  return own.includes('-') && own !== name ? own.slice(0, own.lastIndexOf('-')) : own;
}

const runtimes: readonly (readonly [start: string, name: RequirementName])[] = [
  ['nodejs', 'Node.js function'],
  ['python', 'Python function'],
  ['java', 'Java function'],
  ['go', 'Go function'],
  ['provided', 'Go function'],
  ['dotnet', '.NET function'],
];

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter(item => typeof item === 'string');

/** Whether a function's policy allows actions of a service. */
function grants(stack: StackView, policy: TemplateResource, service: string): boolean {
  const statements = memberOf(stack.property(policy, 'PolicyDocument'), 'Statement');
  return (Array.isArray(statements) ? statements : [statements]).some(statement =>
    texts(memberOf(statement, 'Action')).some(action => action.toLowerCase().startsWith(`${service}:`)),
  );
}

/** Whether a function is the CLI's own: such functions have their code in the template. */
const isOfCli = (stack: StackView, resource: TemplateResource) =>
  memberOf(stack.property(resource, 'Code'), 'ZipFile') !== undefined;

function checkFunctions(stack: StackView): Seen[] {
  const functions = stack.ofType('AWS::Lambda::Function').filter(resource => !isOfCli(stack, resource));
  if (!shortName(stack).startsWith('function') || functions.length === 0) return [];
  const seen = functions.flatMap((resource): Seen[] => {
    const at = placeOf(resource);
    // A function without a runtime is an image, or its template does not say.
    const isImage = textOf(stack.property(resource, 'PackageType')) === 'Image';
    const runtime = textOf(stack.property(resource, 'Runtime')) ?? (isImage ? 'image' : undefined);
    const layers = stack.property(resource, 'Layers');
    const kind = runtimes.find(([start]) => runtime?.startsWith(start))?.[1] ?? 'other runtime';
    return [
      ...(runtime === undefined ? [] : [{ name: kind, at }]),
      ...(Array.isArray(layers) && layers.length > 0 ? [{ name: 'layers' as const, at }] : []),
    ];
  });
  const policies = stack.ofType('AWS::IAM::Policy');
  const named = (name: string) => policies.filter(({ logicalId }) => logicalId === name);
  const of = (name: RequirementName, found: readonly TemplateResource[]) =>
    found.map(each => ({ name, at: placeOf(each) }));
  return [
    ...seen,
    ...of('secrets', named('AmplifyFunctionSecretsPolicy')),
    ...of('custom policies', named('CustomLambdaExecutionPolicy')),
    ...of(
      'function to function',
      named('AmplifyResourcesPolicy').filter(policy => grants(stack, policy, 'lambda')),
    ),
    ...of(
      'function to geo',
      named('AmplifyResourcesPolicy').filter(policy => grants(stack, policy, 'geo')),
    ),
  ];
}

function checkAuth(stack: StackView): Seen[] {
  const clients = stack.ofType('AWS::Cognito::UserPoolClient');
  const limited = clients.filter(
    ({ properties }) => 'ReadAttributes' in properties || 'WriteAttributes' in properties,
  );
  const at = shortName(stack);
  const oauth = jsonParameter(stack, 'oAuthMetadata');
  const has = (member: string) => parseList(memberOf(oauth, member)).length > 0;
  const domain = textOf(memberOf(stack.facts.parameters, 'hostedUIDomainName'));
  const triggers = JSON.stringify(jsonParameter(stack, 'triggers') ?? '');
  const providers = providerNames([stack]).filter(name => knownProviders.has(name)) as RequirementName[];
  return [
    ...limited.map(client => ({ name: 'read and write attributes' as const, at: placeOf(client) })),
    ...providers.map(name => ({ name, at })),
    ...(has('AllowedOAuthFlows') ? [{ name: 'OAuth flow' as const, at }] : []),
    ...(has('AllowedOAuthScopes') ? [{ name: 'OAuth scopes' as const, at }] : []),
    ...(has('CallbackURLs') || has('LogoutURLs') ? [{ name: 'OAuth addresses' as const, at }] : []),
    ...(domain === undefined ? [] : [{ name: 'OAuth domain' as const, at }]),
    ...(triggers.includes('verification-link') ? [{ name: 'verification link' as const, at }] : []),
  ];
}

const knownProviders = new Set(['Facebook', 'Google', 'LoginWithAmazon', 'SignInWithApple']);

/** The slots that the CLI fills itself, with number 1. */
const ownSlots = new Set(['init', 'auth', 'postAuth']);
/** The slots that the CLI fills for `@mapsTo`, with number 1. */
const mappingSlots = new Set(['preAuth', 'preUpdate', 'postUpdate', 'postDataLoad']);

/**
 * Whether a project added a resolver function to a slot, by names such as `resolvers/Query.listTodos.preUpdate.1.req.vtl`: the
 * functions of a slot are numbered from 1. An overridden function of the CLI keeps its name, so it is not recognized.
 */
function isAddedSlot(stack: StackView, resource: TemplateResource, usesMapsTo: boolean): boolean {
  // A slot may have only one of both templates.
  return ['RequestMappingTemplateS3Location', 'ResponseMappingTemplateS3Location'].some(property => {
    const location = textOf(stack.property(resource, property));
    const [, , slot = '', number = ''] = (location?.split('/').at(-1) ?? '').split('.');
    const isOfCli = ownSlots.has(slot) || (usesMapsTo && mappingSlots.has(slot));
    return Number(number) >= (isOfCli ? 2 : 1);
  });
}

function checkApi(stack: StackView, usesMapsTo: boolean): Seen[] {
  const isOwn = shortName(stack).startsWith('CustomResources');
  const own = isOwn ? stack.ofType('AWS::AppSync::Resolver', 'AWS::AppSync::FunctionConfiguration') : [];
  const added = isOwn
    ? []
    : stack
        .ofType('AWS::AppSync::FunctionConfiguration')
        .filter(each => isAddedSlot(stack, each, usesMapsTo));
  const versioned = stack
    .ofType('AWS::AppSync::DataSource')
    .filter(source => memberOf(stack.property(source, 'DynamoDBConfig'), 'Versioned') !== undefined);
  const conflicts = stack
    .ofType('AWS::AppSync::Resolver', 'AWS::AppSync::FunctionConfiguration')
    .filter(({ properties }) => 'SyncConfig' in properties);
  const [dataStore] = stack.resources.filter(
    ({ type, logicalId }) => type === 'AWS::DynamoDB::Table' && logicalId.startsWith('AmplifyDataStore'),
  );
  const [conflict] = [...versioned, ...conflicts];
  return [
    ...own.slice(0, 20).map(each => ({ name: 'own resolvers' as const, at: placeOf(each) })),
    ...added.slice(0, 20).map(each => ({ name: 'resolver slots' as const, at: placeOf(each) })),
    ...(conflict ? [{ name: 'conflict detection' as const, at: placeOf(conflict) }] : []),
    ...(dataStore ? [{ name: 'DataStore left over' as const, at: placeOf(dataStore) }] : []),
  ];
}

const stable = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

function checkStates(facts: MigrationFacts): Seen[] {
  const root = rootOf(facts.gen1);
  const { migrating, halfFailed } = signsOf(facts);
  return [
    ...facts.gen1
      .filter(({ templateBytes = 0 }) => templateBytes > MOST_TEMPLATE_BYTES)
      .map(({ name, templateBytes }) => ({
        name: 'large template' as const,
        at: `${name} (${templateBytes} bytes)`,
      })),
    ...(root?.status !== undefined && !stable.includes(root.status)
      ? [{ name: 'unstable stack' as const, at: `${root.name} (${root.status})` }]
      : []),
    ...(migrating !== undefined && migrating !== facts.environment
      ? [{ name: 'other migration' as const, at: migrating }]
      : []),
    ...halfFailed.map(({ name, status }) => ({
      name: 'half-done refactoring' as const,
      at: `${name} (${status})`,
    })),
  ];
}

/** Reads the Gen 1 stacks, and the states that stop AWS's tool. @param usesMapsTo whether a schema has `@mapsTo` */
export function checkStacks(facts: MigrationFacts, usesMapsTo: boolean): Checked {
  const stacks = viewStacks(facts.gen1);
  const isUnread = ({ facts: { template }, isCut }: StackView) => template === undefined || isCut;
  return {
    seen: [
      ...stacks.flatMap(stack => [
        ...checkFunctions(stack),
        ...checkAuth(stack),
        ...checkApi(stack, usesMapsTo),
      ]),
      ...apisIn(stacks).flatMap(({ all, keys }) => modesSeen(all, keys[0] ?? 'API')),
      ...(facts.isConnected === false ? [{ name: 'hosting by hand' as const, at: facts.appId }] : []),
      ...checkStates(facts),
    ],
    unknown: [
      ...(stacks.length === 0
        ? ['No stack was read: functions, resolvers and sign-in details are not known.']
        : []),
      ...stacks
        .filter(isUnread)
        .map(
          ({ name, facts: { unread } }) =>
            `The template of ${quoteName(name)} was not read${unread ? `: ${unread}` : '.'}`,
        ),
      ...facts.unread,
    ],
  };
}
