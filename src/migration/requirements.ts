/** What a feature of an environment means for its migration: the row of AWS's matrix, and what is to be done. */
import { matrixRows, type ToolSupport } from './feature-matrix.ts';

const guide = 'https://docs.amplify.aws/react/start/migrate-to-gen2/migrate-existing-app/';
const matrix = 'https://docs.amplify.aws/react/start/migrate-to-gen2/feature-matrix/';

/** `blocks`: AWS's tool stops, or must not be used. `manual`: a person has work. `carried`: the tool takes it along. */
export const effects = ['blocks', 'manual', 'carried'] as const;
export type Effect = (typeof effects)[number];

/** A kind of finding. */
export interface Requirement {
  /** The row of AWS's matrix, `Auth/Admin queries`; absent for what the matrix does not know. */
  readonly row?: string;
  readonly effect: Effect;
  /** What AWS's tool does, where that is not what the matrix says. */
  readonly tool?: string;
  /** What a person has to do; empty for nothing. */
  readonly person: string;
  readonly page: string;
}

const manual = (row: string | undefined, person: string, page = matrix, tool?: string): Requirement => ({
  ...(row !== undefined && { row }),
  effect: 'manual',
  ...(tool !== undefined && { tool }),
  person,
  page,
});
const carried = (row: string, person = '', page = matrix): Requirement => ({
  row,
  effect: 'carried',
  person,
  page,
});
const blocks = (row: string | undefined, tool: string, person: string, page = guide): Requirement => ({
  ...(row !== undefined && { row }),
  effect: 'blocks',
  tool,
  person,
  page,
});

const byCdk = (what: string) => `Define ${what} with CDK in amplify/backend.ts.`;

/** All kinds of findings, by a name. */
export const requirements = {
  'user pool': carried('Auth/Configure email'),
  groups: carried('Auth/Add user pool groups'),
  'imported auth': carried(
    'Auth/Import auth',
    'A clone shares it: rehearse with a pool of its own.',
    `${guide}#step-0-clone`,
  ),
  'admin queries': manual('Auth/Admin queries', byCdk('the admin API and its rights')),
  'read and write attributes': manual(
    'Auth/Configure read/write capabilities for attributes',
    'Set readAttributes and writeAttributes of the clients with CDK: the tool drops them without a word.',
  ),
  'OAuth flow': manual(
    'Auth/Oauth flow: Configure authorization v implicit grant',
    'Check the flows in amplify/auth/resource.ts.',
  ),
  'OAuth scopes': manual('Auth/Configure Oauth scopes', 'Check the scopes in amplify/auth/resource.ts.'),
  'OAuth addresses': manual(
    'Auth/Oauth flow: Configure redirect URIs',
    "Add the Gen 2 address to callbackUrls and logoutUrls, and to each provider's console.",
    `${guide}#external-identity-providers`,
  ),
  'OAuth domain': manual(
    'Auth/Oauth flow: Configure domain name prefix',
    "Gen 2 gets a domain of its own: enter it in each provider's console.",
    `${guide}#configure-external-identity-providers`,
  ),
  Facebook: manual(
    'Auth/Facebook',
    'Set its client id and secret as Gen 2 secrets.',
    `${guide}#external-identity-providers`,
  ),
  Google: manual(
    'Auth/Google',
    'Set its client id and secret as Gen 2 secrets.',
    `${guide}#external-identity-providers`,
  ),
  LoginWithAmazon: manual(
    'Auth/Amazon',
    'Set its client id and secret as Gen 2 secrets.',
    `${guide}#external-identity-providers`,
  ),
  SignInWithApple: manual(
    'Auth/Sign-in with Apple',
    'Set its ids and key as Gen 2 secrets.',
    `${guide}#external-identity-providers`,
  ),
  'verification link': manual(
    'Auth/Auth trigger templates: Email verification link redirect',
    'Write the trigger by hand.',
  ),
  'GraphQL API': carried(
    'Data/model',
    'Set branchName in amplify/data/resource.ts to the Gen 2 branch, else it gets new and empty tables.',
    `${guide}#data`,
  ),
  manyToMany: manual(
    'Data/manyToMany',
    'Replace @manyToMany with a model for the relation, and keep its table.',
  ),
  searchable: manual('Data/searchable', 'Rebuild search (zero-ETL to OpenSearch), and fill it again.'),
  predictions: manual('Data/predictions', 'Rebuild it with custom queries on the AI services.'),
  OIDC: manual('API/GraphQL: OpenID Connect auth', 'Configure the OIDC mode in amplify/data/resource.ts.'),
  'Lambda authorizer': manual(
    'API/GraphQL: Lambda auth',
    'Configure the Lambda mode in amplify/data/resource.ts.',
  ),
  'no @auth': manual(
    undefined,
    'Write the rules that are meant.',
    `${guide}#data`,
    'Takes the types along without rules: they become private.',
  ),
  'IAM rules': manual(
    undefined,
    'Before the refactoring add custom-roles.json with adminRoleNames ["amplify-<app id>"] and push, else the Gen 1 API refuses signed-in users afterwards.',
    `${guide}#graphql-types-protected-by-the-iam-auth-provider`,
    'Takes the rules along; they name a role, and the refactoring gives people another one.',
  ),
  'conflict detection': blocks(
    'API/GraphQL: Conflict detection (DataStore)',
    'Refuses the environment.',
    'Turn DataStore and conflict detection off first, and push.',
    `${guide}#datastore`,
  ),
  'DataStore left over': blocks(
    'Data/DataStore support',
    '`lock` fails over the table AmplifyDataStore.',
    'Remove what DataStore left (the table and its resources), and push.',
    'https://github.com/aws-amplify/amplify-cli/issues/14970',
  ),
  'own resolvers': manual('API/Custom JS/VTL resolvers', byCdk('the resolvers and their data sources')),
  'resolver slots': manual('API/Override/Extend Amplify resolvers', byCdk('the added resolver functions')),
  'transformer 1': blocks(
    undefined,
    'Refuses transformer version 1.',
    'Move the schema to transformer version 2 first.',
    'https://docs.amplify.aws/gen1/react/tools/cli/migration/transformer-migration/',
  ),
  'REST API': carried(
    'API/REST API',
    'Use the Gen 2 name of the API in the frontend.',
    `${guide}#frontend-1`,
  ),
  'S3 storage': carried(
    'Storage/Ability to provision S3 bucket',
    "Compare rights on private/* and protected/* after the deployment (verify_migration): the generator of CLI 14.5.1 gives all signed-in users everybody's files.",
    'https://github.com/aws-amplify/amplify-cli/pull/14953',
  ),
  'imported bucket': manual(
    'Storage/Import a single S3 bucket',
    'Refer to the bucket in amplify/backend.ts. A clone shares it.',
  ),
  'DynamoDB storage': carried('Storage/NoSQL Database'),
  'Node.js function': carried(
    'Functions/Function runtime: NodeJS',
    'Port its code to ES modules.',
    `${guide}#functions`,
  ),
  'Python function': manual('Functions/Function runtime: Python', byCdk('the function')),
  'Java function': manual('Functions/Function runtime: Java', byCdk('the function')),
  'Go function': manual('Functions/Function runtime: Go', byCdk('the function')),
  '.NET function': manual('Functions/Function runtime: .NET 6', byCdk('the function')),
  'other runtime': manual(undefined, byCdk('the function')),
  layers: manual('Functions/Lambda layers', 'Add the layers to the function in its resource.ts.'),
  secrets: manual(
    'Functions/Secrets',
    "Set each secret for the branch, and name it with secret() in the function's resource.ts.",
    `${guide}#functions`,
  ),
  'custom policies': manual(
    'Functions/Custom IAM policies',
    'Grant the same rights in amplify/backend.ts (addToRolePolicy).',
  ),
  'function to function': manual(
    'Functions/Function resource access permissions: function',
    'Grant the invocation in amplify/backend.ts.',
  ),
  'function to geo': manual(
    'Functions/Function resource access permissions: geo',
    'Grant the rights on maps in amplify/backend.ts.',
  ),
  Kinesis: carried(
    'Other categories/Analytics (Kinesis)',
    'Use the Gen 2 stream in the frontend; back to the Gen 1 name after the refactoring.',
    `${guide}#frontend-1`,
  ),
  Pinpoint: manual('Other categories/Analytics (Pinpoint)', byCdk('it')),
  notifications: manual(undefined, byCdk('push and in-app messages')),
  'geo map': carried('Other categories/Geo (Map)'),
  'geo place index': carried('Other categories/Geo (PlaceIndex)'),
  geofences: manual(
    'Other categories/Geo (GeofenceCollection)',
    'Copy the geofences into the new collection.',
  ),
  'predictions category': manual('Other categories/Predictions', byCdk('it')),
  interactions: manual('Other categories/Interactions', byCdk('the bot')),
  'custom CDK': carried(
    'Other categories/Custom (CDK)',
    'Check names and ARNs that are written out: a clone shares what they name.',
    `${guide}#step-0-clone`,
  ),
  'custom CloudFormation': manual(
    'Other categories/Custom (CFN)',
    'Include the template in amplify/backend.ts (CfnInclude).',
  ),
  'unknown service': manual(undefined, byCdk('it')),
  'hosting by Git': carried(
    'Hosting/Amplify Console (Git-based Continuous deployment)',
    'Connect the Gen 2 branch to the app.',
    `${matrix}#hosting`,
  ),
  'hosting by hand': manual(
    'Hosting/Amplify Console (Manual deployment)',
    'Make a new Amplify app that is connected to the repository: no branch can be added to this one, and its own domain stays here.',
    `${guide}#step-5-deploy`,
  ),
  'hosting by CloudFront': manual(
    'Hosting/Amazon CloudFront and S3',
    'Host the pages with Amplify Hosting, or deploy them by your own pipeline.',
    `${matrix}#hosting`,
  ),
  'large template': blocks(
    undefined,
    'Sends templates as text, which CloudFormation takes up to 51,200 bytes.',
    "Make the stack smaller, for example by splitting the schema's models; or wait for a corrected version.",
    'https://github.com/aws-amplify/amplify-cli/issues/14940',
  ),
  'unstable stack': blocks(
    undefined,
    '`lock` refuses a root stack that is not in CREATE_COMPLETE or UPDATE_COMPLETE.',
    'Bring the environment into a good state by a push first.',
    `${guide}#step-2-lock`,
  ),
  'other migration': blocks(
    undefined,
    'Migrates one environment of an app at a time.',
    'Finish that migration, or roll it back: amplify gen2-migration lock --rollback.',
    `${guide}#step-2-lock`,
  ),
  'new tables': blocks(
    undefined,
    'Has given the Gen 2 branch tables of its own, which are empty.',
    'Set branchName in amplify/data/resource.ts to the name of the Gen 2 branch, and deploy it again; what was written to the new tables stays in them.',
    `${guide}#step-4-post-generate`,
  ),
  'half-done refactoring': blocks(
    undefined,
    'Left a holding stack behind, and may not go on.',
    'Look at the stack in CloudFormation; roll back with amplify gen2-migration refactor --to STACK --rollback.',
    'https://github.com/aws-amplify/amplify-cli/issues/14988',
  ),
} as const satisfies Record<string, Requirement>;

export type RequirementName = keyof typeof requirements;

const support = new Map(matrixRows.map(([section, feature, , tool]) => [`${section}/${feature}`, tool]));

/** What AWS's matrix can say of a row, and that it has none. */
export const toolSupports = [
  'supported',
  'generate only',
  'unsupported',
  'no word',
  'not in the matrix',
] as const;

/** What AWS's matrix says of a row; `not in the matrix` where it has none. */
export const supportOf = (row: string | undefined): ToolSupport | 'not in the matrix' =>
  (row === undefined ? undefined : support.get(row)) ?? 'not in the matrix';

const bySupport: Readonly<Record<ReturnType<typeof supportOf>, string>> = {
  supported: 'Generates the Gen 2 code, and moves what keeps data.',
  'generate only': 'Generates the Gen 2 code; the data stays behind.',
  unsupported: 'Leaves it out.',
  'no word': 'Does nothing for it.',
  'not in the matrix': 'Does not know it, and leaves it out.',
};

/** What AWS's tool does with it. */
export const toolActionOf = ({ row, tool }: Requirement): string => tool ?? bySupport[supportOf(row)];
