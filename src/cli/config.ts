/**
 * Reads the settings from flags, environment variables and a configuration file. Pure: takes what was given and
 * returns the configuration, or throws the first thing that is wrong in it.
 */
import type { z } from 'zod';
import { issueWords, MISSING } from '../lib/issue-words.ts';
import { quoteName } from '../lib/quote.ts';
import { didYouMean } from '../operations/closest-words.ts';
import {
  type Config,
  ConfigError,
  ENV_PREFIX,
  type Setting,
  settingsSchema,
  settingsTable,
} from '../server/settings.ts';

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** The parsed JSON, or the text itself where it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Converts a text to the type of its setting; a text that does not convert is left for the schema to refuse. */
function fromText(setting: Setting, text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (setting.type === 'list') return text.split(',').map(item => item.trim());
  if (setting.type === 'record') return parseJson(text);
  if (setting.type === 'boolean') return booleans.get(text.toLowerCase()) ?? text;
  return setting.type === 'number' && /^\d+$/.test(text) ? Number(text) : text;
}

/** The settings of the vault are useful only together. @throws ConfigError */
function checkVault(config: Config): Config {
  const { vaultFile, vaultKey, targets } = config;
  if ((vaultFile === undefined) !== (vaultKey === undefined))
    throw new ConfigError(
      `the vault needs both settings: --vault-file and --vault-key, or vaultFile and vaultKey`,
    );
  const [needy] = Object.entries(targets).find(([, { vault }]) => vault !== undefined) ?? [];
  if (needy !== undefined && vaultFile === undefined)
    throw new ConfigError(`target ${needy} names an entry of the vault: set --vault-file and --vault-key`);
  return config;
}

/** What the entries of a setting that is a record are called. */
const entryNouns: Readonly<Record<string, string>> = { callers: 'rule', targets: 'target' };

/** The problem in words; within a record, with the entry and its member. */
function problemOf({ path, message, code }: z.core.$ZodIssue): string {
  const [key, name, ...inner] = path.map(String);
  const noun = entryNouns[String(key)];
  if (noun === undefined || name === undefined) return message;
  const entry = `${noun} ${quoteName(name)}`;
  if (inner.length === 0) return `${entry}: ${message}`;
  const member = quoteName(inner.join('.'));
  const isMissing = code === 'invalid_type' && message.startsWith(MISSING);
  return isMissing ? `${entry} lacks ${member}` : `${entry}: ${member}: ${message}`;
}

/** The values of settings, by source. */
export interface SettingSources {
  /** Values that replace a setting's own default. */
  readonly defaults?: Partial<Config>;
  /** Parsed flags by setting key. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The parsed file, where one was named. */
  readonly file?: unknown;
}

/** The one variable with the prefix that is not a setting: it names the configuration file. */
export const CONFIG_FILE_VARIABLE = `${ENV_PREFIX}CONFIG`;

/**
 * Merges the sources: a flag wins over the environment, which wins over the file.
 * @throws ConfigError naming the flag, variable or key that is unknown or malformed
 */
export function parseConfig({ defaults = {}, flags = {}, env = {}, file = {} }: SettingSources): Config {
  const variables = new Set([CONFIG_FILE_VARIABLE, ...settingsTable.map(setting => setting.variable)]);
  for (const name of Object.keys(env)) {
    if (name.startsWith(ENV_PREFIX) && !variables.has(name))
      throw new ConfigError(`unknown environment variable ${name}${didYouMean(name, variables)}`);
  }
  if (file === null || typeof file !== 'object' || Array.isArray(file))
    throw new ConfigError('the configuration file must hold one object of settings');
  const inFile = file as Record<string, unknown>;
  const merged: Record<string, unknown> = { ...defaults, ...inFile };
  const source = new Map<string, string>(Object.keys(inFile).map(key => [key, `configuration key ${key}`]));
  const take = (key: string, value: unknown, from: string) => {
    if (value === undefined) return;
    merged[key] = value;
    source.set(key, from);
  };
  for (const setting of settingsTable) {
    // An empty variable counts as unset, which is what shells and hosts mean; an empty flag is an error.
    take(
      setting.key,
      fromText(setting, env[setting.variable] || undefined),
      `environment variable ${setting.variable}`,
    );
    take(setting.key, fromText(setting, flags[setting.key]), `flag ${setting.flag}`);
  }
  // Parsed once per process, so a compiled parser would cost more than it saves.
  const parsed = settingsSchema.safeParse(merged, { jitless: true, error: issueWords });
  if (parsed.success) return checkVault(parsed.data);
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys' && issue.path.length === 0) {
    const [unknown = ''] = issue.keys;
    const keys = settingsTable.map(setting => setting.key);
    throw new ConfigError(`unknown configuration key ${unknown}${didYouMean(unknown, keys)}`);
  }
  const key = String(issue?.path[0]);
  throw new ConfigError(`${source.get(key) ?? key}: ${issue ? problemOf(issue) : 'cannot be used'}`);
}

/**
 * The environment variables that give a child process these settings and no others. Settings are not passed as flags:
 * every user of the machine can read a command line, but only the owner can read an environment.
 * @param env variables that the child inherits in addition
 */
export function childEnvironment(
  settings: Partial<Config>,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const inherited = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || name.startsWith(ENV_PREFIX) ? [] : [[name, value]],
  );
  const given = settingsTable.flatMap(({ key, variable, type }) => {
    const value = settings[key];
    // An empty list becomes an empty variable, which counts as unset.
    if (value === undefined) return [];
    return [[variable, type === 'record' ? JSON.stringify(value) : String(value)]];
  });
  return Object.fromEntries([...inherited, ...given]);
}
