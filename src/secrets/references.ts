/**
 * References to secrets: `{"$secret": "NAME"}` in the arguments is replaced by the text that the server knows under that
 * name, so that the secret never passes through a model. A reference can name variables with a prefix of their own and
 * vault entries of kind `secret`, never an AWS key.
 */
import { ServerError } from '../errors.ts';
import { isWithheld } from '../lib/withheld-mark.ts';
import type { Operation } from '../operations/define.ts';

/** The prefix of every variable that a reference can name. */
export const SECRET_PREFIX = 'AMPLIFY_BACKEND_SECRET_';

const SECRET_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether a value is a reference and nothing else; its name is no secret. */
export function isReference(value: unknown): value is { $secret: string } {
  if (value === null || typeof value !== 'object' || Object.keys(value).join() !== '$secret') return false;
  const { $secret: name } = value as { $secret: unknown };
  return typeof name === 'string' && SECRET_NAME.test(name);
}

/** The part of a vault that is needed here. */
export interface SecretSource {
  find(name: string): Promise<{ kind: 'aws' } | { kind: 'secret'; secret: string } | undefined>;
}

/** The names in a vault. */
export interface SecretList {
  list(): Promise<readonly { readonly name: string; readonly kind: 'aws' | 'secret' }[]>;
}

/** The secret of a name. @throws ServerError invalid_arguments for an unknown one, vault_unusable */
export type SecretLookup = (name: string) => Promise<string>;

/** Where secrets are looked up: the environment first, then the vault, where there is one. */
export interface LookupOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly vault?: SecretSource | undefined;
  /** Whether a name may be used here. Without it, every name may. */
  readonly mayName?: ((name: string) => boolean) | undefined;
}

/** The failure for an unknown name, and for a name that may not be used: the same, so that callers cannot probe names. */
function unknownSecret(
  name: string,
  kind: 'aws' | undefined,
  { vault, mayName }: Pick<LookupOptions, 'vault' | 'mayName'>,
): ServerError {
  const variable = `${SECRET_PREFIX}${name}`;
  const needs = vault ? '' : ' (with the settings vaultFile and vaultKey)';
  const listed = mayName
    ? ' The setting secrets of the target, and of the rule in callers that leads to it, must list it too.'
    : '';
  const why = kind
    ? `the vault's entry ${name} holds AWS keys, which are never sent`
    : `none has the name ${name}`;
  return new ServerError('invalid_arguments', {
    message: `The server has no such secret: ${why}; nothing was sent to AWS.`,
    hint: `Ask the person to start the server with the variable ${variable}, or to type: amplify-backend-mcp vault put ${name} --kind secret${needs}.${listed} Then call again.`,
  });
}

/** Creates a lookup. An empty variable counts as unset, as in shells and hosts. */
export function createLookup({ env, vault, mayName }: LookupOptions): SecretLookup {
  return async name => {
    if (mayName && !mayName(name)) throw unknownSecret(name, undefined, { vault, mayName });
    const variable = `${SECRET_PREFIX}${name}`;
    const value = Object.hasOwn(env, variable) ? env[variable] : undefined;
    if (value) return value;
    const entry = await vault?.find(name);
    if (entry?.kind === 'secret') return entry.secret;
    throw unknownSecret(name, entry?.kind, { vault, mayName });
  };
}

/** The names that references may have here, sorted. @throws ServerError vault_unusable */
export async function listSecretNames({
  env,
  vault,
  mayName = () => true,
}: Omit<LookupOptions, 'vault'> & { readonly vault?: SecretList | undefined }): Promise<string[]> {
  const variables = Object.keys(env).filter(name => name.startsWith(SECRET_PREFIX) && env[name]);
  const entries = (await vault?.list()) ?? [];
  const names = [
    ...variables.map(name => name.slice(SECRET_PREFIX.length)),
    ...entries.filter(({ kind }) => kind === 'secret').map(({ name }) => name),
  ];
  return [...new Set(names)].filter(name => SECRET_NAME.test(name) && mayName(name)).sort();
}

type Fields = Record<string, unknown>;

/** The object that holds the last member of a path, or undefined where the path does not exist. */
function holderOf(args: Fields, path: readonly string[]): Fields | undefined {
  return path
    .slice(0, -1)
    .reduce<Fields | undefined>((inner, step) => inner?.[step] as Fields | undefined, args);
}

function literalNote(members: readonly string[]): string {
  return (
    `${members.join(', ')} was passed as literal text, so it is in the model's context and the host's logs. ` +
    `Next time set ${SECRET_PREFIX}NAME on the server, or vault put NAME, and pass {"$secret": "NAME"}.`
  );
}

/**
 * Checked arguments with every reference replaced, only for sending. Plan and audit keep the reference.
 * @returns a copy, and a note where a secret came as literal text
 * @throws ServerError invalid_arguments for an unknown name, vault_unusable
 */
export async function resolveSecretRefs(
  { secretInputs }: Pick<Operation, 'secretInputs'>,
  args: Fields,
  lookup: SecretLookup,
): Promise<{ args: Fields; notes: string[] }> {
  const resolved = structuredClone(args);
  const literal: string[] = [];
  for (const path of secretInputs) {
    const holder = holderOf(resolved, path);
    const member = path.at(-1) ?? '';
    const value = holder?.[member];
    if (!holder || value === undefined) continue;
    // A mark, which only workflows may send, is no value of the caller's.
    if (typeof value === 'string' && !isWithheld(value)) literal.push(path.join('.'));
    else if (isReference(value)) holder[member] = await lookup(value.$secret);
  }
  return { args: resolved, notes: literal.length > 0 ? [literalNote(literal)] : [] };
}
