/**
 * Checks whether AWS shows the configuration that a write sent. Only the members that were sent are compared, because
 * AWS adds defaults and keeps what an update leaves out. Secrets are not compared, because AWS need not show them.
 */
import { isObject } from '../lib/json.ts';
import type { Operation } from '../operations/define.ts';
import type { EvidenceReads } from './evidence-reads.ts';

type Args = Readonly<Record<string, unknown>>;

/** How AWS's answer compares with a configuration that was sent: all of it, something else, or nothing yet. */
export type SentConfigurationResult = 'as sent' | 'different' | 'nothing';

/** Absent and empty are the same to AWS. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

/** Names to which Amplify may append the environment's: `users` becomes `users-dev`. */
const completedNames = new Set(['apiName', 'bucketName', 'domainPrefix', 'identityPoolName', 'userPoolName']);
const isCompleted = (sent: string, found: string) =>
  found.startsWith(sent) && ['-', '_'].includes(found.charAt(sent.length));

/** The words of a schema: AWS may indent it differently. */
const words = (text: string) => text.split(/\s/).filter(word => word !== '');
const haveSameWords = (one: string, other: string) =>
  one === other || words(one).join(' ') === words(other).join(' ');

function isTextAsSent(sent: string, found: string, name: string): boolean {
  if (name === 'transformSchema') return haveSameWords(sent, found);
  return sent === found || (completedNames.has(name) && isCompleted(sent, found));
}

/** Lists are compared as a whole, in any order: AWS promises none. */
function isListAsSent(sent: readonly unknown[], found: readonly unknown[], mayLack: boolean): boolean {
  const left = [...found];
  return (
    sent.length === found.length &&
    sent.every(item => {
      const index = left.findIndex(other => isAsSent(item, other, '', mayLack));
      if (index >= 0) left.splice(index, 1);
      return index >= 0;
    })
  );
}

function isAsSent(sent: unknown, found: unknown, name: string, mayLack: boolean): boolean {
  if (sent === undefined || sent === null) return true;
  if (isEmpty(sent) && !isObject(sent)) return isEmpty(found);
  if (!isEmpty(sent) && (found === undefined || found === null)) return mayLack;
  if (Array.isArray(sent)) return Array.isArray(found) && isListAsSent(sent, found, mayLack);
  if (isObject(sent))
    return (
      (isObject(found) || isEmpty(found)) &&
      Object.entries(sent).every(([member, value]) => isAsSent(value, Object(found)[member], member, mayLack))
    );
  if (typeof sent === 'string') return typeof found === 'string' && isTextAsSent(sent, found, name);
  return sent === found;
}

/** A copy without the member at a path. */
function without(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined || !isObject(value) || !(name in value)) return value;
  const { [name]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...others, [name]: without(inner, rest) };
}

/** The members of an import, with the outputs of the environment's meta that show them. */
const importedOutputs: Readonly<Record<string, string>> = {
  userPoolId: 'UserPoolId',
  identityPoolId: 'IdentityPoolId',
  webClientId: 'AppClientIDWeb',
  nativeClientId: 'AppClientID',
  bucketName: 'BucketName',
};

function compareImport(args: Args, resources: readonly Args[]): SentConfigurationResult {
  if (resources.length === 0) return 'nothing';
  const named = Object.entries(importedOutputs).filter(([member]) => !isEmpty(args[member]));
  const isImported = (outputs: Args) =>
    named.every(([member, output]) => outputs[output] === undefined || outputs[output] === args[member]) &&
    named.some(([member, output]) => outputs[output] === args[member]);
  return resources.some(isImported) ? 'as sent' : 'different';
}

/**
 * Compares what AWS shows with what a write of a configuration sent. A new resource may be shown in part. Of a resource
 * that existed before, every member that was sent must match: otherwise the old configuration could pass for the new.
 * @throws ServerError
 */
export async function checkSentConfiguration(
  reads: EvidenceReads,
  { configures, access, secretInputs }: Operation,
  args: Args,
): Promise<SentConfigurationResult> {
  const [appId, environment] = [String(args.appId), String(args.backendEnvironmentName)];
  if (configures === undefined) return 'nothing';
  const { resourceName } = args;
  if (typeof resourceName !== 'string')
    return compareImport(args, await reads.outputs(configures, appId, environment));
  const found = await reads.configuration(configures, appId, environment, resourceName);
  if (!found) return 'nothing';
  const { resourceConfig } = secretInputs.reduce<unknown>(without, args) as Args;
  return isAsSent(resourceConfig, found, '', access === 'create') ? 'as sent' : 'different';
}
