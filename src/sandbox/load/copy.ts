/**
 * Makes the amplify-meta of a clone from that of a loaded environment: the same resources with new names, ids and
 * addresses. Imported resources are references to something outside and stay as they are.
 */
import { createHash } from 'node:crypto';
import { isObject, type Json, objectOf } from '../../lib/json.ts';
import type { Deployment } from '../resources.ts';
import { bucketOutputs } from './buckets.ts';

/** The names by which source and clone differ. */
export interface CopyNames {
  readonly from: { readonly environment: string; readonly deployment: Deployment };
  readonly to: { readonly environment: string; readonly deployment: Deployment };
}

/** Ids that a clone must not share: `us-east-1_AbC123`, UUIDs, 26 letters and digits, `E1ABC`, `d1abc.cloudfront.net`. */
const idForms =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[a-z0-9]{26,40}|[a-z0-9]{10,14}(?=\.(?:execute-api|cloudfront))|E[A-Z0-9]{10,14}/g;

/** A new id of the same form. It is derived from the old one, so that every mention of it changes alike. */
function freshId(id: string, salt: string): string {
  const digest = createHash('sha512').update(`${salt}/${id}`).digest('hex');
  const characters = [...id].map((character, at) => {
    const digit = Number.parseInt(digest[at % digest.length] ?? '0', 16);
    if (/[a-f0-9]/.test(character) && id.includes('-')) return digest[at % digest.length];
    if (/\d/.test(character)) return String(digit % 10);
    if (/[a-z]/.test(character)) return 'abcdefghijklmnop'[digit];
    return /[A-Z]/.test(character) && at > 0 ? 'ABCDEFGHIJKLMNOP'[digit] : character;
  });
  return characters.join('');
}

/** The digits at the end of a stack's name; the names of its buckets contain them too. */
const stackDigits = ({ stackName }: Deployment) => stackName.slice(stackName.lastIndexOf('-') + 1);

/** Names that mean the environment inside other names: its own, and the one in its stack's name. */
function environmentNames({ from: { environment, deployment } }: CopyNames): ReadonlySet<string> {
  const [first, , ofStack] = deployment.stackName.split('-');
  return new Set([environment, ...(first === 'amplify' && ofStack !== undefined ? [ofStack] : [])]);
}

/** Shorter digits occur in texts by chance and are not replaced. */
const SHORTEST_DIGITS = 4;

function renameText(text: string, names: CopyNames): string {
  const { from, to } = names;
  const own = environmentNames(names);
  const salt = to.deployment.stackId;
  const digits = stackDigits(from.deployment);
  const withStackNames = text
    .replaceAll(from.deployment.stackId, to.deployment.stackId)
    .replaceAll(from.deployment.stackName, to.deployment.stackName);
  const words = withStackNames.replaceAll(
    digits,
    digits.length < SHORTEST_DIGITS ? digits : stackDigits(to.deployment),
  );
  return words
    .split(/([-_/:."])/)
    .map((word, at) => (at > 0 && own.has(word) ? to.environment : word))
    .join('')
    .replace(/_([A-Za-z0-9]{9})(?![A-Za-z0-9])/g, (_, id) => `_${freshId(id, salt)}`)
    .replace(idForms, id => freshId(id, salt));
}

function copyValue(value: unknown, names: CopyNames, output = ''): unknown {
  // All environments of a project share the client ids that social providers issue.
  if (/^(?:Google|Facebook|Amazon|Apple).*Client$/.test(output)) return value;
  // The id of a REST API is too short for `idForms`, except in an address, where `.execute-api` follows.
  if (output === 'ApiId') return freshId(String(value), names.to.deployment.stackId);
  if (typeof value === 'string') return renameText(value, names);
  if (Array.isArray(value)) return value.map(item => copyValue(item, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, copyValue(inner, names, name)]),
  );
}

/** Outputs whose values no two environments may share. */
const uniqueOutputs = [...bucketOutputs, 'Name'];

/** Copies the outputs of one resource. A unique name that does not contain the environment gets the clone's appended. */
function copyOutputs(outputs: Json, names: CopyNames): Json {
  const copies = Object.entries(outputs).map(
    ([name, value]) => [name, copyValue(value, names, name)] as const,
  );
  const shared = copies.flatMap(([name, copy]) =>
    uniqueOutputs.includes(name) && copy === outputs[name] ? String(copy) : [],
  );
  const own = (text: string) =>
    shared.reduce((rest, name) => rest.replaceAll(name, `${name}-${names.to.environment}`), text);
  return Object.fromEntries(
    copies.map(([name, copy]) => [name, typeof copy === 'string' && shared.length > 0 ? own(copy) : copy]),
  );
}

/** The meta of a clone. @param at when the clone was pushed, in epoch milliseconds */
export function copyMeta(meta: Json, names: CopyNames, at: number): Json {
  const pushed = new Date(at).toISOString();
  const copyOf = (facts: unknown) => {
    if (!isObject(facts) || facts.serviceType === 'imported') return facts;
    const { output, ...others } = facts;
    return {
      ...others,
      ...(Object.hasOwn(others, 'lastPushTimeStamp') && { lastPushTimeStamp: pushed }),
      ...(output !== undefined && { output: copyOutputs(objectOf(output), names) }),
    };
  };
  const { providers, ...categories } = meta;
  const { stackName, stackId, bucketName } = names.to.deployment;
  const cloud = {
    ...(copyValue(objectOf(objectOf(providers).awscloudformation), names) as Json),
    ...{ StackName: stackName, StackId: stackId, DeploymentBucketName: bucketName },
  };
  const copies = Object.entries(categories).map(([category, resources]) => [
    category,
    isObject(resources)
      ? Object.fromEntries(Object.entries(resources).map(([name, facts]) => [name, copyOf(facts)]))
      : resources,
  ]);
  return { providers: { awscloudformation: cloud }, ...Object.fromEntries(copies) };
}
