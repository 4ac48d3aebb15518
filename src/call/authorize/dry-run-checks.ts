/**
 * What a dry run finds out by reads: why AWS or this server would refuse the write, and what could not be checked. A failed
 * read is reported and never fails the dry run.
 */
import { isManaged, type ReadEnvironment, whyUnreadable } from '../../environment/index.ts';
import { toServerError } from '../../errors.ts';
import { objectOf, textOf } from '../../lib/json.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { MAX_PAGES, type Operation } from '../../operations/define.ts';
import { toolsetOf } from '../../operations/index.ts';
import { resourcesText } from '../explain-failure.ts';
import { createTryRead, type TryRead } from '../optional-reads.ts';
import { type Read, readEnvironmentAt } from '../read-environment.ts';
import { unlessMissing } from './plan-read.ts';
import type { PlannedWrite } from './plan-remarks.ts';
import { namesUserPool, poolIdProblems } from './pool-ids.ts';

/** What the checks of a dry run found. */
export interface DryRunFindings {
  /** Why the call would be refused, a sentence each. */
  readonly problems: readonly string[];
  /** What could not be checked, a sentence each. */
  readonly notChecked: readonly string[];
}

/** Replaces references to secrets. @throws ServerError for an unknown one */
export type ResolveSecrets = (
  operation: Operation,
  args: Readonly<Record<string, unknown>>,
  target: string | undefined,
) => Promise<unknown>;

/** What an earlier step of a workflow may create. */
export type PlannedBefore = 'environment';

/** A write in a dry run. */
interface DryRunWrite extends PlannedWrite {
  readonly plannedBefore?: readonly PlannedBefore[] | undefined;
}

/** A write, and how to read for it. */
interface CheckedWrite extends DryRunWrite {
  readonly read: Read;
  readonly tryRead: TryRead;
  readonly resolveSecrets: ResolveSecrets | undefined;
}

/** Looks for reasons why a write would be refused, a sentence each. */
type Check = (write: CheckedWrite) => Promise<readonly string[]>;

const READS_BACKEND = 'amplifybackend:GetBackend';

/** The environment that the write creates. */
const newEnvironmentOf = ({ operation: { toolName }, args }: DryRunWrite) =>
  textOf(args.targetEnvironmentName) ??
  (toolName === 'create_backend' ? textOf(args.backendEnvironmentName) : undefined);

/** What is wrong with the resource that a write names, or with the one that it adds. */
function resourceProblems({ operation, args }: CheckedWrite, environment: ReadEnvironment): string[] {
  const category = toolsetOf(operation);
  const there = environment.resources.filter(one => one.category === category && isManaged(one));
  const adds = operation.access === 'create' && operation.configures !== undefined;
  if (adds) {
    // The plan lists what an import replaces as deleted.
    if (operation.replaces || there.length === 0) return [];
    return [
      `Environment ${quoteName(environment.environment)} has ${category} already, ${quoteNames(there.map(({ name }) => name))}: AWS refuses a second one.`,
    ];
  }
  const { resourceName } = args;
  if (typeof resourceName !== 'string' || operation.access === 'create') return [];
  if (there.some(({ name }) => name === resourceName)) return [];
  return [
    `There is no resource ${quoteName(resourceName)}. ${resourcesText(environment, category, resourceName)}`,
  ];
}

/** What is wrong with an environment that is listed, and with its resource that the write concerns. */
async function checkListed(write: CheckedWrite, environment: string): Promise<readonly string[]> {
  const { operation, args, read, tryRead } = write;
  // A deletion also takes an environment that cannot be read.
  if (operation.access === 'delete' && args.resourceName === undefined) return [];
  const ref = { appId: String(args.appId), backendEnvironmentName: environment };
  const found = await tryRead(`what environment ${quoteName(environment)} has`, READS_BACKEND, () =>
    unlessMissing(readEnvironmentAt(read, ref, false)),
  );
  if (!found) return [];
  const { value } = found;
  if (value instanceof Error) return [value.message];
  return value.state === 'unreadable'
    ? [`Environment ${quoteName(environment)} ${whyUnreadable(value)}.`]
    : resourceProblems(write, value);
}

/** Checks that the app and the environment exist, that a new environment does not, and what the environment has. */
const checkEnvironments: Check = async write => {
  const { operation, args, read, tryRead, plannedBefore = [] } = write;
  const app = quoteName(String(args.appId));
  const created = newEnvironmentOf(write);
  const isPlanned = plannedBefore.includes('environment');
  const existing =
    created === args.backendEnvironmentName || isPlanned ? undefined : args.backendEnvironmentName;
  const found = await tryRead(`which environments app ${app} has`, READS_BACKEND, () =>
    unlessMissing(read('get_backend', { appId: args.appId })),
  );
  if (!found) return [];
  // The first environment of an app makes it known to AmplifyBackend.
  if (found.value instanceof Error)
    return operation.toolName === 'create_backend' || isPlanned
      ? []
      : [`AmplifyBackend knows no app ${app} in this account and region.`];
  const { backendEnvironmentList = [] } = found.value as { backendEnvironmentList?: readonly string[] };
  const names = quoteNames(backendEnvironmentList) || 'none';
  if (operation.everyEnvironment && backendEnvironmentList.length === 0)
    return [`App ${app} has no environment: there is nothing to delete.`];
  const taken =
    created !== undefined && backendEnvironmentList.includes(created)
      ? [
          `Environment ${quoteName(created)} exists already in app ${app}: AWS refuses a second one of that name.`,
        ]
      : [];
  if (typeof existing !== 'string') return taken;
  if (backendEnvironmentList.includes(existing)) return [...taken, ...(await checkListed(write, existing))];
  return [...taken, `App ${app} has no environment ${quoteName(existing)}; it has (quoted data): ${names}.`];
};

/** Whether the account has a bucket; undefined where there are more buckets than are read. @throws ServerError */
async function hasBucket(read: Read, bucket: string): Promise<boolean | undefined> {
  let nextToken: unknown;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await read('list_s3_buckets', nextToken === undefined ? {} : { nextToken });
    const { buckets } = answer as { buckets?: readonly { name?: string }[] };
    if (buckets?.some(({ name }) => name === bucket)) return true;
    nextToken = textOf(answer.nextToken);
    if (nextToken === undefined) return false;
  }
  return undefined;
}

/** Checks that a bucket to import exists, and that a bucket to create does not. */
const checkBucket: Check = async ({ operation, args, read, tryRead }) => {
  const bucket = textOf(args.bucketName) ?? textOf(objectOf(args.resourceConfig).bucketName);
  if (bucket === undefined) return [];
  const name = quoteName(bucket);
  const found = await tryRead(`whether bucket ${name} exists`, 'amplifybackend:ListS3Buckets', () =>
    hasBucket(read, bucket),
  );
  if (found?.value === undefined) return [];
  const isImport = operation.replaces;
  if (found.value === isImport) return [];
  return isImport
    ? [`There is no bucket ${name} in this account: list_s3_buckets shows the buckets.`]
    : [
        `The bucket ${name} exists already: import_backend_storage uses it, another bucketName makes a new one.`,
      ];
};

/** Checks that Cognito ids have the right form, and that pools are in the region of the call. */
const checkPools: Check = async ({ args, target }) => poolIdProblems(args, await target.region());

/** Checks that the job's record or the challenge token exists that the write changes or deletes. */
const checkRecord: Check = async ({ operation, args, read, tryRead }) => {
  const { appId, backendEnvironmentName, jobId, sessionId } = args;
  const record =
    typeof jobId === 'string'
      ? {
          tool: 'get_backend_job',
          named: { appId, backendEnvironmentName, jobId },
          what: `job ${quoteName(jobId)}`,
        }
      : typeof sessionId === 'string'
        ? {
            tool: 'get_token',
            named: { appId, sessionId },
            what: `a token of session ${quoteName(sessionId)}`,
          }
        : undefined;
  // Reading a token is what `get_token` itself does.
  if (!record || operation.access === 'secret') return [];
  const action = record.tool === 'get_token' ? 'amplifybackend:GetToken' : 'amplifybackend:GetBackendJob';
  const found = await tryRead(`whether there is ${record.what}`, action, () =>
    unlessMissing(read(record.tool, record.named)),
  );
  return found?.value instanceof Error ? [`AWS knows no ${record.what.replace(/^a /, '')}.`] : [];
};

/** Checks that the server knows each secret that the arguments refer to. */
const checkSecrets: Check = async ({ operation, args, target, resolveSecrets }) => {
  const unknown = operation.secretInputs.map(async path => {
    try {
      await resolveSecrets?.({ ...operation, secretInputs: [path] }, args, target.name);
      return [];
    } catch (thrown) {
      const { code, message, hint } = toServerError(thrown);
      if (code === 'cancelled') throw thrown;
      return [`${path.join('.')}: ${message} ${hint}`];
    }
  });
  return (await Promise.all(unknown)).flat();
};

/** Checks that the schema parses, and that it has no fault that the present schema lacks. */
const checkSchema: Check = async ({ operation, args, read, tryRead }) => {
  const schema = textOf(objectOf(args.resourceConfig).transformSchema);
  if (schema === undefined || operation.configures !== 'api') return [];
  // The parser is large, and loaded by the first schema that is read.
  const { faultsText, findSchemaFaults, newSchemaFaults } = await import(
    '../../environment/schema-faults.ts'
  );
  const found = await findSchemaFaults(schema);
  // What is too large for this server is no reason for AWS to refuse it.
  if ('unreadable' in found)
    return /^(does not parse|holds no)/.test(found.unreadable)
      ? [`transformSchema ${found.unreadable}.`]
      : [];
  if (found.value.faults.length === 0) return [];
  const { appId, backendEnvironmentName, resourceName } = args;
  const present =
    operation.access === 'update'
      ? await tryRead('the present schema', 'amplifybackend:GetBackendAPI', () =>
          unlessMissing(read('get_backend_api', { appId, backendEnvironmentName, resourceName })),
        )
      : undefined;
  const before = present && !(present.value instanceof Error) ? present.value : {};
  const added = await newSchemaFaults(textOf(objectOf(before.resourceConfig).transformSchema), schema);
  return 'value' in added && added.value.faults.length > 0
    ? [`transformSchema: ${faultsText(added.value.faults)}`]
    : [];
};

const checks: readonly Check[] = [
  ...[checkEnvironments, checkRecord, checkBucket, checkPools, checkSecrets],
  checkSchema,
];

/** This server calls neither Cognito nor its clients. */
export const POOLS_NOT_READ =
  'Not checked: whether the user pool exists and the app clients are its own (this server does not call Cognito).';

/** Checks a write that the policy allows. @param read reads nothing twice that its plan has read */
export async function checkDryRun(
  call: DryRunWrite,
  read: Read,
  resolveSecrets: ResolveSecrets | undefined,
): Promise<DryRunFindings> {
  const notChecked: string[] = [];
  const write = { ...call, resolveSecrets, read, tryRead: createTryRead(notChecked) };
  const found = (await Promise.all(checks.map(check => check(write)))).flat();
  if (found.length === 0 && namesUserPool(call.args)) notChecked.push(POOLS_NOT_READ);
  return { problems: [...new Set(found)], notChecked };
}
