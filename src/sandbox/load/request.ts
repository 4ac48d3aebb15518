/** What a request to load an environment says, checked member by member. */
import { isObject, type Json, textOf } from '../../lib/json.ts';
import { badRequest } from '../service-error.ts';

/** A stack that is to stand. */
export interface StackRequest {
  /** Absent for the root stack that the meta names. */
  readonly name?: string;
  /** `CREATE_COMPLETE` unless it says otherwise. */
  readonly status: string;
  /** CloudFormation's words on that status. */
  readonly reason?: string;
  /** As it was deployed: what GetTemplate answers, and which resources the stack has. */
  readonly template?: Json;
  /** As DescribeStacks answers them. */
  readonly parameters: readonly Json[];
  readonly outputs: readonly Json[];
}

/** An environment that is listed, and whose reads fail. */
export interface ReadFailure {
  /** AWS's words. */
  readonly message: string;
  /** HTTP status of the refusal: 404 is a NotFoundException, 400 a BadRequestException. */
  readonly status: number;
  /** Whether it can be deleted all the same. */
  readonly deletes: boolean;
}

/** What is to be loaded. */
export interface LoadRequest {
  readonly appId: string;
  readonly appName?: string;
  /** Absent where only stacks are loaded. */
  readonly environment?: string;
  /** As GetBackend answers it: it need not be readable. Absent for an environment that was only registered. */
  readonly meta?: string;
  readonly flags?: string;
  /** By the name of the API; under `''` that of the one API there is. */
  readonly schemas: ReadonlyMap<string, string>;
  readonly stacks: readonly StackRequest[];
  readonly ghost?: ReadFailure;
}

const requestMembers = ['appId', 'appName', 'environment', 'meta', 'schema', 'flags', 'stacks', 'ghost'];
const stackMembers = ['name', 'status', 'reason', 'template', 'parameters', 'outputs'];
const ghostMembers = ['message', 'status', 'deletes'];

const phases = ['CREATE', 'UPDATE', 'DELETE', 'ROLLBACK', 'UPDATE_ROLLBACK', 'IMPORT', 'IMPORT_ROLLBACK'];
const cleanups = ['UPDATE', 'UPDATE_ROLLBACK'].map(phase => `${phase}_COMPLETE_CLEANUP_IN_PROGRESS`);
const statuses: ReadonlySet<string> = new Set([
  ...phases.flatMap(phase => ['IN_PROGRESS', 'COMPLETE', 'FAILED'].map(end => `${phase}_${end}`)),
  ...cleanups,
  'REVIEW_IN_PROGRESS',
]);

function refuseUnknownMembers(value: Json, allowed: readonly string[], of: string): void {
  const unknown = Object.keys(value).find(name => !allowed.includes(name));
  if (unknown !== undefined)
    throw badRequest(`Unknown member ${JSON.stringify(unknown)} of ${of}; allowed: ${allowed.join(', ')}`);
}

/** A document as its text: one that was parsed is written again, a text stays as it is. */
function documentOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (isObject(value)) return JSON.stringify(value);
  throw badRequest(`${name} is neither a text nor an object`);
}

function optionalText(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (textOf(value) === undefined) throw badRequest(`${name} is no text`);
  return String(value);
}

function listOf(value: unknown, name: string): readonly Json[] {
  const list = value ?? [];
  if (!Array.isArray(list) || !list.every(isObject)) throw badRequest(`${name} is no list of objects`);
  return list;
}

/** A stack is an object, its name alone, or, under its name, its status alone. */
function readStack(value: unknown, named?: string): StackRequest {
  if (typeof value === 'string')
    return readStack(named === undefined ? { name: value } : { name: named, status: value });
  if (!isObject(value)) throw badRequest('Each of stacks is a name or an object');
  refuseUnknownMembers(value, stackMembers, 'a stack');
  const { template, status = 'CREATE_COMPLETE' } = value;
  if (typeof status !== 'string' || !statuses.has(status))
    throw badRequest(
      `status ${JSON.stringify(status)} is none of CloudFormation's: ${[...statuses].join(', ')}`,
    );
  if (template !== undefined && !isObject(template)) throw badRequest('template is no object');
  const name = optionalText(value.name ?? named, 'name');
  const reason = optionalText(value.reason, 'reason');
  return {
    status,
    ...(name !== undefined && { name }),
    ...(reason !== undefined && { reason }),
    ...(template !== undefined && { template }),
    parameters: listOf(value.parameters, 'parameters'),
    outputs: listOf(value.outputs, 'outputs'),
  };
}

function readStacks(value: unknown): StackRequest[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map(one => readStack(one));
  if (isObject(value)) return Object.entries(value).map(([name, one]) => readStack(one, name));
  throw badRequest('stacks is a list, or an object by name');
}

function readGhost(value: unknown): ReadFailure | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return readGhost({ message: value });
  if (!isObject(value)) throw badRequest("ghost is AWS's message, or an object with one");
  refuseUnknownMembers(value, ghostMembers, 'ghost');
  const { message, status = 400, deletes = true } = value;
  if (textOf(message) === undefined) throw badRequest('ghost.message is no text');
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599)
    throw badRequest('ghost.status is no integer from 400 to 599');
  if (typeof deletes !== 'boolean') throw badRequest('ghost.deletes is neither true nor false');
  return { message: String(message), status, deletes };
}

function readSchemas(value: unknown): Map<string, string> {
  if (value === undefined) return new Map();
  if (typeof value === 'string') return new Map([['', value]]);
  if (!isObject(value)) throw badRequest('schema is a text, or texts by the names of APIs');
  return new Map(
    Object.entries(value).map(([name, schema]) => {
      if (typeof schema !== 'string') throw badRequest(`schema.${name} is no text`);
      return [name, schema];
    }),
  );
}

/**
 * Reads it.
 * @throws ServiceError 400 that names the offending member
 */
export function readLoadRequest(body: Json): LoadRequest {
  refuseUnknownMembers(body, requestMembers, 'the request');
  const { appId } = body;
  if (typeof appId !== 'string' || !/^d[a-z0-9]{1,19}$/.test(appId))
    throw badRequest('appId is no app id: d, then up to 19 lower-case letters and digits');
  const appName = optionalText(body.appName, 'appName');
  const environment = optionalText(body.environment, 'environment');
  const meta = documentOf(body.meta, 'meta');
  const flags = documentOf(body.flags, 'flags');
  const stacks = readStacks(body.stacks);
  const ghost = readGhost(body.ghost);
  if (environment === undefined && (stacks.length === 0 || meta !== undefined || ghost !== undefined))
    throw badRequest('environment is required; without one, only stacks can be loaded');
  return {
    ...{ appId, stacks, schemas: readSchemas(body.schema) },
    ...(appName !== undefined && { appName }),
    ...(environment !== undefined && { environment }),
    ...(meta !== undefined && { meta }),
    ...(flags !== undefined && { flags }),
    ...(ghost && { ghost }),
  };
}
