/**
 * The values of a configuration that answers withhold: secrets of social providers, texts of messages. A workflow that
 * changes a part of a configuration has to send all of it, but knows only the mark in place of a withheld value. On the way to
 * AWS, the value that AWS stores replaces the mark: no model, plan, log or audit line sees the value.
 */
import type { Target, Targets } from '../aws/targets.ts';
import { settingsTools } from '../environment/settings.ts';
import { ServerError } from '../errors.ts';
import { type Json, memberOf, objectOf, textOf } from '../lib/json.ts';
import { quoteNames } from '../lib/quote.ts';
import type { Operation } from '../operations/define.ts';
import { toolsetOf } from '../operations/index.ts';
import { decide, type PolicySettings, refusalText } from '../policy/decide.ts';
import { shapeAnswer } from './answer.ts';
import { keptPaths, type Path } from './kept-paths.ts';
import { operationOf } from './reads.ts';
import { sendOnce } from './send.ts';

/** A write of a configuration that exists. */
export interface ConfigurationWrite {
  readonly operation: Operation;
  readonly args: Json;
  readonly target: Target;
  readonly signal?: AbortSignal | undefined;
}

/** A configuration as AWS answers it, and as it is shown. */
interface Stored {
  readonly raw: unknown;
  readonly shown: unknown;
}

/** The value at a path, through structures and lists. */
const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, name) => (Array.isArray(inner) ? inner[Number(name)] : memberOf(inner, name)),
    value,
  );

/** A copy with another value at a path that exists. */
function withValueAt(value: unknown, [name, ...rest]: Path, replacement: unknown): unknown {
  if (name === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === name ? withValueAt(item, rest, replacement) : item));
  const members = objectOf(value);
  return { ...members, [name]: withValueAt(members[name], rest, replacement) };
}

/** Whether a text only stands for a value that the service does not give out. */
const isMask = (text: string) => /^[*•.]+$/.test(text);

/** @throws ServerError */
async function readStored({ operation, args, target, signal }: ConfigurationWrite): Promise<Stored> {
  const { configures } = operation;
  if (!configures)
    throw new ServerError('internal', { cause: new Error(`${operation.toolName} keeps nothing`) });
  const reading = operationOf(settingsTools[configures].tool);
  const { appId, backendEnvironmentName, resourceName } = args;
  const ref = { appId, backendEnvironmentName, resourceName };
  const { answer } = await sendOnce(target.send, reading, ref, signal);
  const shaped = await shapeAnswer(reading, answer, false);
  return { raw: answer, shown: shaped.answer };
}

/**
 * The arguments with stored values in the place of marks.
 * @throws ServerError invalid_arguments where AWS does not give such a value out, or has changed it meanwhile
 */
export async function withStoredValues(write: ConfigurationWrite): Promise<Json> {
  const paths = keptPaths(write.args);
  if (paths.length === 0) return write.args;
  const { raw, shown } = await readStored(write);
  const missing: string[] = [];
  let whole: unknown = write.args;
  for (const path of paths) {
    const stored = textOf(valueAt(raw, path));
    // A mark that AWS's answer would not show here stands for another value.
    const isTheStoredValue =
      stored !== undefined && !isMask(stored) && valueAt(shown, path) === valueAt(write.args, path);
    if (isTheStoredValue) whole = withValueAt(whole, path, stored);
    else missing.push(path.join('.'));
  }
  if (missing.length === 0) return whole as Json;
  throw new ServerError('invalid_arguments', {
    message: `AWS does not give out what it stores in (quoted data) ${quoteNames(missing)}, and a change sends the whole configuration. Nothing was sent.`,
    hint: 'State these members again in the same call: a secret of a social provider as {"$secret": NAME}, any other text as it should be.',
  });
}

/**
 * Whether AWS stores what a write has at some paths: a comparison with values that answers withhold.
 * @throws ServerError policy_denied where the write would be refused; what the read throws
 */
export type AreStored = (
  toolName: string,
  args: Json & { readonly target?: string | undefined },
  paths: readonly Path[],
  signal?: AbortSignal,
) => Promise<boolean>;

/** What the comparison needs from the process; the members are those of the call path. */
export interface AreStoredOptions {
  readonly targets: Pick<Targets, 'get'>;
  readonly policy: PolicySettings;
  readonly targetApps?: (target: string | undefined) => readonly string[] | undefined;
  readonly resolveSecrets?: (
    operation: Operation,
    args: Json,
    target: string | undefined,
  ) => Promise<{ args: Json }>;
}

/** Creates the comparison. It resolves secrets only for a write that the policy allows. */
export function createAreStored({
  targets,
  policy,
  targetApps,
  resolveSecrets,
}: AreStoredOptions): AreStored {
  return async (toolName, { target: name, ...args }, paths, signal) => {
    const operation = operationOf(toolName);
    const decision = decide({ ...operation, toolset: toolsetOf(operation) }, policy, {
      ...{ args, environments: [], targetApps: targetApps?.(name), via: 'step' },
    });
    if (decision.kind === 'deny')
      throw new ServerError('policy_denied', { message: refusalText(toolName, decision) });
    const target = targets.get(name);
    const resolved = (await resolveSecrets?.(operation, args, target.name))?.args ?? args;
    const { raw } = await readStored({ operation, args, target, signal });
    return paths.every(path => valueAt(raw, path) === valueAt(resolved, path));
  };
}
