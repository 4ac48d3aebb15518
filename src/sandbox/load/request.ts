/** Reads and checks the body of `POST /_sandbox/environments`. */
import { isAppId } from '../../lib/app-id.ts';
import { isObject, type Json, textOf } from '../../lib/json.ts';
import { badRequest } from '../service-error.ts';

/** A stack to load. */
export interface StackRequest {
  /** Absent for the root stack that the meta names. */
  readonly name?: string;
  /** Default `CREATE_COMPLETE`. */
  readonly status: string;
  /** CloudFormation's status reason. */
  readonly reason?: string;
  /** The deployed template: GetTemplate answers it, and it lists the stack's resources. */
  readonly template?: Json;
  /** In the form of DescribeStacks, as are the outputs. */
  readonly parameters: readonly Json[];
  readonly outputs: readonly Json[];
}

/** The error that AWS answers when it is asked to read a ghost: an environment that it lists and cannot read. */
export interface ReadFailure {
  readonly message: string;
  /** HTTP status: 404 is sent as NotFoundException, from 500 on as InternalFailure, any other as BadRequestException. */
  readonly status: number;
  /** Whether DeleteBackend works nevertheless. */
  readonly deletes: boolean;
}

/** A checked request to load an environment or stacks. */
export interface LoadRequest {
  readonly appId: string;
  readonly appName?: string;
  /** Absent if only stacks are loaded. */
  readonly environment?: string;
  /** The text that GetBackend answers; it need not be JSON. Absent for an environment that was only registered. */
  readonly meta?: string;
  readonly flags?: string;
  /** By the name of the API; the key `''` has a schema that was given without a name. */
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

/** The text of a document: an object is stringified, a text stays as it is. */
function documentOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (isObject(value)) return JSON.stringify(value);
  throw badRequest(`${name} is neither a string nor an object`);
}

function optionalText(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (textOf(value) === undefined) throw badRequest(`${name} is not a non-empty string`);
  return String(value);
}

function listOf(value: unknown, name: string): readonly Json[] {
  const list = value ?? [];
  if (!Array.isArray(list) || !list.every(isObject)) throw badRequest(`${name} is not a list of objects`);
  return list;
}

/** Reads a stack: an object or its name; in an object by names, an object or its status. */
function readStack(value: unknown, named?: string): StackRequest {
  if (typeof value === 'string')
    return readStack(named === undefined ? { name: value } : { name: named, status: value });
  if (!isObject(value)) throw badRequest('Each element of stacks must be a name or an object');
  refuseUnknownMembers(value, stackMembers, 'a stack');
  const { template, status = 'CREATE_COMPLETE' } = value;
  if (typeof status !== 'string' || !statuses.has(status))
    throw badRequest(
      `status ${JSON.stringify(status)} is not a status of CloudFormation: ${[...statuses].join(', ')}`,
    );
  if (template !== undefined && !isObject(template)) throw badRequest('template is not an object');
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
  throw badRequest('stacks must be a list, or an object of stacks by name');
}

function readGhost(value: unknown): ReadFailure | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return readGhost({ message: value });
  if (!isObject(value)) throw badRequest("ghost must be AWS's message, or an object with a message");
  refuseUnknownMembers(value, ghostMembers, 'ghost');
  const { message, status = 400, deletes = true } = value;
  if (textOf(message) === undefined) throw badRequest('ghost.message is not a non-empty string');
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599)
    throw badRequest('ghost.status is not an integer from 400 to 599');
  if (typeof deletes !== 'boolean') throw badRequest('ghost.deletes is not a boolean');
  return { message: String(message), status, deletes };
}

function readSchemas(value: unknown): Map<string, string> {
  if (value === undefined) return new Map();
  if (typeof value === 'string') return new Map([['', value]]);
  if (!isObject(value)) throw badRequest('schema must be a string, or an object of strings by API name');
  return new Map(
    Object.entries(value).map(([name, schema]) => {
      if (typeof schema !== 'string') throw badRequest(`schema.${name} is not a string`);
      return [name, schema];
    }),
  );
}

/**
 * Reads the request.
 * @throws ServiceError 400 that names the invalid member
 */
export function readLoadRequest(body: Json): LoadRequest {
  refuseUnknownMembers(body, requestMembers, 'the request');
  const { appId } = body;
  if (typeof appId !== 'string' || !isAppId(appId))
    throw badRequest('appId is not an app id: it must be d, then 1 to 19 lower-case letters and digits');
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
