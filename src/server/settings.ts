/** The settings of a server: one table, from which flags, environment variables, file keys and help are derived. */
import { z } from 'zod';
import { APP_ID } from '../lib/app-id.ts';

/** The prefix of every setting's environment variable. */
export const ENV_PREFIX = 'AMPLIFY_BACKEND_MCP_';

/** Names, or patterns of names with `*` and `?`. */
const globs = z.array(z.string().regex(/^[A-Za-z0-9_*?-]+$/, 'expected names, with * and ? for any'));

/** The groups of tools; a test holds them to the operations. */
const TOOLSETS = ['workflows', 'environments', 'jobs', 'auth', 'api', 'storage', 'admin'] as const;

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, 'expected a region such as us-east-1');
const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected letters, digits, _ and -');
/** Whether a text is an origin as browsers send it. */
const isOrigin = (text: string) =>
  /^https?:/.test(text)
    ? !text.includes('*') && URL.canParse(text) && new URL(text).origin === text
    : /^[a-z-]+:\/\/[\w.-]+$/.test(text);
const appIds = z.array(z.string().regex(APP_ID, 'expected app ids such as d1a2b3c4'));

/**
 * A target: credentials from a profile or from the vault, an optional role to assume with them, and a region. Lazy, because
 * most configurations have no targets and need not build this schema.
 */
const target = z.lazy(() =>
  z.strictObject({
    region: region.optional(),
    profile: z.string().min(1).optional(),
    roleArn: z
      .string()
      .regex(/^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/, 'expected the ARN of a role')
      .optional(),
    externalId: z.string().min(1).optional(),
    sourceProfile: z.string().min(1).optional(),
    sessionName: z.string().min(2).max(64).optional(),
    sessionTags: z.record(z.string().min(1).max(128), z.string().max(256)).optional(),
    durationSeconds: z.number().int().min(900).max(43_200).optional(),
    vault: name.optional(),
    apps: appIds.optional(),
    /** The secrets that calls to this target may use. Unless rules of `callers` allow some, a target without this list allows none. */
    secrets: globs.optional(),
  }),
);

/** A rule: a caller with all these claims may use the target, within the rule's further restrictions. */
const callerRule = z.lazy(() =>
  z.strictObject({
    /** Wanted values by claim. A claim matches if it is, or as a list contains, one of the wanted values. */
    when: z.record(
      z.string(),
      z.union([z.string(), z.array(z.string()).min(1)], { error: 'expected a text, or a list of texts' }),
    ),
    target: name,
    apps: appIds.optional(),
    readOnly: z.boolean().optional(),
    protected: globs.optional(),
    /** Secrets that callers of this rule may name with the target. */
    secrets: globs.optional(),
    /** Tags of the role's session, each from the claim that it names. */
    tags: z.record(z.string(), z.string()).optional(),
  }),
);

/** What each setting means; kept next to its schema, since Zod's own `describe` builds every schema twice. */
const descriptions = new Map<z.ZodType, string>();

function described<Schema extends z.ZodType>(description: string, schema: Schema): Schema {
  descriptions.set(schema, description);
  return schema;
}

/** The values of each setting, and its default. */
export const settingsSchema = z.strictObject({
  sandbox: described('use the embedded sandbox instead of AWS', z.boolean().default(false)),
  jobMs: described(
    'how long a job of the sandbox takes, in milliseconds',
    z.number().int().min(0).max(3_600_000).default(4000),
  ),
  region: described('AWS region (otherwise as the AWS SDK finds it)', region.optional()),
  profile: described('AWS profile (otherwise as the AWS SDK finds it)', z.string().min(1).optional()),
  targets: described(
    'named AWS accounts, as JSON; with two or more, every tool takes `target`',
    z.record(name, target).default({}),
  ),
  readOnly: described('serve only tools that read', z.boolean().default(false)),
  toolsets: described(
    `groups of tools to serve: ${TOOLSETS.join(', ')}`,
    z
      .array(z.enum(TOOLSETS))
      .min(1)
      .default([...TOOLSETS]),
  ),
  surface: described(
    'full: every tool by its name; compact: the workflows, and all other tools through two',
    z.enum(['full', 'compact']).default('full'),
  ),
  apps: described(
    'app ids that may be touched (otherwise all that the credentials reach)',
    appIds.default([]),
  ),
  protected: described('environments that no tool may change or delete', globs.default([])),
  readOnlyEnvironments: described('environments that are read-only', globs.default([])),
  confirm: described(
    'what a person must confirm first: destructive, writes or never',
    z.enum(['destructive', 'writes', 'never']).default('destructive'),
  ),
  confirmBy: described(
    "what counts as a person's yes: form-or-token (a form where the client shows one, else the plan's page where it shows pages, else a token), form (nothing else), person (a form or the page, never a token) or token",
    z.enum(['form-or-token', 'form', 'person', 'token']).default('form-or-token'),
  ),
  allowMigrated: described(
    'let writes through that would hurt a Gen 2 app, such as the deletion of what it uses',
    z.boolean().default(false),
  ),
  auditFile: described('file of JSON lines, two for each attempted write', z.string().min(1).optional()),
  vaultFile: described(
    'file of the vault, which holds sealed keys and secrets',
    z.string().min(1).optional(),
  ),
  vaultKey: described(
    'key of the vault: file:PATH, env:NAME or kms:ARN',
    z
      .string()
      .regex(/^(file:.+|env:\w+|kms:arn:aws[\w-]*:kms:\S+)$/, 'expected file:PATH, env:NAME or kms:ARN')
      .optional(),
  ),
  sealKey: described(
    'key that seals task ids and confirmations: file:PATH or env:NAME (otherwise one that the server makes for its user); several are separated by commas: the first seals, and all open',
    z
      .string()
      .regex(/^((file:[^,]+|env:[A-Za-z_]\w*)(,|$))+$/, 'expected file:PATH or env:NAME')
      .optional(),
  ),
  revealSecrets: described('let secret values through to the model', z.boolean().default(false)),
  issuer: described(
    'over HTTP: the authorization server whose access tokens are accepted',
    z.url({ protocol: /^https?$/ }).optional(),
  ),
  publicUrl: described(
    'over HTTP: the URL under which clients reach this server, which tokens must be for',
    z.url({ protocol: /^https?$/ }).optional(),
  ),
  allowedOrigins: described(
    'over HTTP: origins of web pages that may connect, such as https://app.example.com',
    z
      .array(
        z.string().refine(isOrigin, 'expected origins such as https://app.example.com, without a path or *'),
      )
      .default([]),
  ),
  tokenAudiences: described(
    'over HTTP: the audiences (`aud`) of accepted access tokens (otherwise publicUrl)',
    z.array(z.string().min(1)).default([]),
  ),
  clientAudiences: described(
    'over HTTP: client ids that stand for the audience in a token without `aud`, as Cognito gives them',
    z.array(z.string().min(1)).default([]),
  ),
  scopeClaims: described(
    'over HTTP: where a token has its scopes; the first of these claims that it has counts, as in realm_access.roles',
    z.array(z.string().min(1)).min(1).default(['scope', 'scp']),
  ),
  scopePrefix: described(
    'over HTTP: what the authorization server puts before the names of scopes, such as https://mcp.example.com/mcp/',
    z
      .string()
      .regex(/^[\x21\x23-\x5b\x5d-\x7e]*$/, 'expected a prefix of scopes: no blanks, quotes or backslashes')
      .default(''),
  ),
  boardClientId: described(
    'over HTTP: the client id by which people sign in to the page at /board; without it there is no such page where tokens are needed',
    z.string().min(1).optional(),
  ),
  callers: described(
    'over HTTP: rules, as JSON, by which the claims of a token lead to targets; no rule, no access',
    z.record(name, callerRule).default({}),
  ),
  callerRequestsPerMinute: described(
    'over HTTP: how many requests one caller may send in a minute',
    z.number().int().min(1).max(1_000_000).default(600),
  ),
  redis: described(
    'over HTTP: URL of the Redis or Valkey on which replicas of this server act as one; needs sealKey',
    z.url({ protocol: /^rediss?$/ }).optional(),
  ),
  replicaUrl: described(
    'over HTTP with redis: where the other replicas reach this one (otherwise its own address and port)',
    z.url({ protocol: /^https?$/ }).optional(),
  ),
  metricsPort: described(
    'over HTTP: a port of its own for /metrics, /healthz and /readyz; 0 picks one (otherwise they are served beside /mcp)',
    z.number().int().min(0).max(65_535).optional(),
  ),
  logLevel: described(
    'how much to log on stderr (otherwise info, over stdio warn)',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ),
});

/** The configuration of a process. */
export type Config = z.infer<typeof settingsSchema>;

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
  /** Lists are written with commas between, records as JSON. */
  readonly type: 'boolean' | 'number' | 'string' | 'list' | 'record';
  /** The allowed words for the value, or for each item of a list; empty if other values are allowed. */
  readonly choices: readonly string[];
}

/** The type of a setting's value, behind default and optional. */
function typeOf(schema: z.ZodType): Setting['type'] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return typeOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodArray) return 'list';
  if (schema instanceof z.ZodRecord) return 'record';
  return schema instanceof z.ZodNumber ? 'number' : 'string';
}

/** The words that a schema takes, behind default, optional and list. */
function choicesOf(schema: z.ZodType): readonly string[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return choicesOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return choicesOf(schema.element as z.ZodType);
  return schema instanceof z.ZodEnum ? schema.options.map(String) : [];
}

/** Every setting, in the order in which help shows them. */
export const settingsTable: readonly Setting[] = Object.entries(settingsSchema.shape).map(([key, schema]) => {
  const words = key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  return {
    key: key as keyof Config,
    flag: `--${words}`,
    variable: ENV_PREFIX + words.replaceAll('-', '_').toUpperCase(),
    description: descriptions.get(schema) ?? '',
    type: typeOf(schema),
    choices: choicesOf(schema),
  };
});
