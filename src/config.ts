/**
 * The whole configuration: one table of settings, from which flags, environment variables, file keys and
 * help are derived. Pure: takes what was given and answers the configuration or the first thing wrong in it.
 */
import { z } from 'zod';

/** The prefix of every setting's environment variable. */
export const ENV_PREFIX = 'AMPLIFY_BACKEND_MCP_';

const settings = z.strictObject({
  sandbox: z.boolean().default(false).describe('use the embedded sandbox instead of AWS'),
  jobMs: z
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(4000)
    .describe('how long a job of the sandbox takes, in milliseconds'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, 'expected a region such as us-east-1')
    .optional()
    .describe('AWS region (otherwise as the AWS SDK finds it)'),
  profile: z.string().min(1).optional().describe('AWS profile (otherwise as the AWS SDK finds it)'),
  revealSecrets: z.boolean().default(false).describe('let secret values through to the model'),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('how much to log on stderr'),
});

/** The configuration of a process. */
export type Config = z.infer<typeof settings>;

/** A configuration that cannot be used; the message is one line that names the offender. */
export class ConfigError extends Error {}

/** One setting as the command line and the environment know it. */
export interface Setting {
  readonly key: keyof Config;
  /** `--job-ms` */
  readonly flag: string;
  /** `AMPLIFY_BACKEND_MCP_JOB_MS` */
  readonly variable: string;
  readonly description: string;
  readonly type: 'boolean' | 'number' | 'string';
}

/** The type of a setting's value, behind default and optional. */
function typeOf(schema: z.ZodType): Setting['type'] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return typeOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodBoolean) return 'boolean';
  return schema instanceof z.ZodNumber ? 'number' : 'string';
}

/** Every setting, in the order in which help shows them. */
export const settingsTable: readonly Setting[] = Object.entries(settings.shape).map(([key, schema]) => {
  const words = key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  return {
    key: key as keyof Config,
    flag: `--${words}`,
    variable: ENV_PREFIX + words.replaceAll('-', '_').toUpperCase(),
    description: schema.description ?? '',
    type: typeOf(schema),
  };
});

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** A value that came as text, as its setting wants it; what does not fit is left for the schema to refuse. */
function fromText(setting: Setting, text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (setting.type === 'boolean') return booleans.get(text.toLowerCase()) ?? text;
  return setting.type === 'number' && /^\d+$/.test(text) ? Number(text) : text;
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
  const parsed = settings.safeParse(merged);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys')
    throw new ConfigError(`unknown configuration key ${issue.keys[0]}`);
  const key = String(issue?.path[0]);
  throw new ConfigError(`${source.get(key) ?? key}: ${issue?.message}`);
}

/** The flags that give a child process this configuration. */
export function toFlags(config: Config): string[] {
  return settingsTable.flatMap(({ key, flag, type }) => {
    const value = config[key];
    if (value === undefined || value === false) return [];
    return type === 'boolean' ? [flag] : [flag, String(value)];
  });
}
