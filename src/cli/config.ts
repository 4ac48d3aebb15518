/**
 * Reads the settings from flags, environment variables and a configuration file. Pure: takes what was given and
 * returns the configuration, or throws the first thing that is wrong in it.
 */
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

/** The JSON that a text holds, or the text where it holds none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value that came as text, as its setting wants it; what does not fit is left for the schema to refuse. */
function fromText(setting: Setting, text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (setting.type === 'list') return text.split(',').map(item => item.trim());
  if (setting.type === 'record') return parseJson(text);
  if (setting.type === 'boolean') return booleans.get(text.toLowerCase()) ?? text;
  return setting.type === 'number' && /^\d+$/.test(text) ? Number(text) : text;
}

/** The settings of the vault hold together or not at all. @throws ConfigError */
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

/** What was given, by source. */
export interface Given {
  /** What holds where nothing is given, in place of a setting's own default. */
  readonly defaults?: Partial<Config>;
  /** Parsed flags by setting key. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The parsed file, where one was named. */
  readonly file?: unknown;
}

/** Variables with the prefix that are no setting: the file's name. */
export const CONFIG_FILE_VARIABLE = `${ENV_PREFIX}CONFIG`;

/**
 * Flag, then environment, then file.
 * @throws ConfigError naming the flag, variable or key that is unknown or malformed
 */
export function parseConfig({ defaults = {}, flags = {}, env = {}, file = {} }: Given): Config {
  const variables = new Set([CONFIG_FILE_VARIABLE, ...settingsTable.map(setting => setting.variable)]);
  for (const name of Object.keys(env)) {
    if (name.startsWith(ENV_PREFIX) && !variables.has(name))
      throw new ConfigError(`unknown environment variable ${name}`);
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
    // An empty variable counts as unset, as shells and hosts mean it; an empty flag is a mistake.
    take(
      setting.key,
      fromText(setting, env[setting.variable] || undefined),
      `environment variable ${setting.variable}`,
    );
    take(setting.key, fromText(setting, flags[setting.key]), `flag ${setting.flag}`);
  }
  // Parsed once in a process: compiling a parser for it would cost more than it saves.
  const parsed = settingsSchema.safeParse(merged, { jitless: true });
  if (parsed.success) return checkVault(parsed.data);
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys' && issue.path.length === 0)
    throw new ConfigError(`unknown configuration key ${issue.keys[0]}`);
  const key = String(issue?.path[0]);
  throw new ConfigError(`${source.get(key) ?? key}: ${issue?.message}`);
}

/**
 * The environment that gives a child process these settings and no others: a command line is read by every user of
 * the machine, an environment by its own user alone.
 * @param env what the child inherits beside them
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
    // An empty variable counts as none, and so does an empty list as a setting.
    if (value === undefined) return [];
    return [[variable, type === 'record' ? JSON.stringify(value) : String(value)]];
  });
  return Object.fromEntries([...inherited, ...given]);
}
