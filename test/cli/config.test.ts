/**
 * The configuration: flag before environment before file, names derived alike for all three, and everything
 * that is unknown or malformed refused in one line that names the offender.
 */
import { describe, expect, it } from 'vitest';
import {
  CONFIG_FILE_VARIABLE,
  childEnvironment,
  parseConfig,
  type SettingSources,
} from '../../src/cli/config.ts';
import { toolsets } from '../../src/operations/index.ts';
import { type Config, ConfigError, ENV_PREFIX, settingsTable } from '../../src/server/settings.ts';

/** The one line that refuses the given settings. */
function refusal(given: SettingSources): string {
  try {
    parseConfig(given);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
  throw new Error('it was accepted');
}

const defaults = {
  sandbox: false,
  jobMs: 4000,
  surface: 'full',
  tokenAudiences: [],
  clientAudiences: [],
  scopeClaims: ['scope', 'scp'],
  scopePrefix: '',
  callers: {},
  callerRequestsPerMinute: 600,
  targets: {},
  readOnly: false,
  allowMigrated: false,
  toolsets: ['workflows', ...Object.keys(toolsets)],
  apps: [],
  protected: [],
  readOnlyEnvironments: [],
  allowedOrigins: [],
  confirm: 'destructive',
  confirmBy: 'form-or-token',
  revealSecrets: false,
  logLevel: 'info',
};

/** For each setting, a value that is not its default, as text and as parsed. */
const values: Record<keyof Config, [text: string, value: unknown]> = {
  sandbox: ['true', true],
  jobMs: ['250', 250],
  region: ['eu-central-1', 'eu-central-1'],
  profile: ['work', 'work'],
  targets: [
    '{"shop":{"roleArn":"arn:aws:iam::123456789012:role/admin","region":"eu-west-1"}}',
    { shop: { roleArn: 'arn:aws:iam::123456789012:role/admin', region: 'eu-west-1' } },
  ],
  readOnly: ['true', true],
  allowMigrated: ['true', true],
  toolsets: ['auth, jobs', ['auth', 'jobs']],
  surface: ['compact', 'compact'],
  callerRequestsPerMinute: ['60', 60],
  issuer: ['https://login.example', 'https://login.example'],
  allowedOrigins: [
    'https://app.example.com,http://localhost:6274',
    ['https://app.example.com', 'http://localhost:6274'],
  ],
  tokenAudiences: ['api://default, mcp', ['api://default', 'mcp']],
  clientAudiences: ['6kq1', ['6kq1']],
  scopeClaims: ['realm_access.roles', ['realm_access.roles']],
  scopePrefix: ['https://mcp.example/mcp/', 'https://mcp.example/mcp/'],
  boardClientId: ['board', 'board'],
  metricsPort: ['9464', 9464],
  publicUrl: ['https://mcp.example/mcp', 'https://mcp.example/mcp'],
  callers: [
    '{"admins":{"when":{"groups":"admins"},"target":"shop"}}',
    { admins: { when: { groups: 'admins' }, target: 'shop' } },
  ],
  apps: ['d1a,d2b', ['d1a', 'd2b']],
  protected: ['prod*,main', ['prod*', 'main']],
  readOnlyEnvironments: ['stag?', ['stag?']],
  confirm: ['writes', 'writes'],
  confirmBy: ['form', 'form'],
  auditFile: ['audit.jsonl', 'audit.jsonl'],
  vaultFile: ['vault.json', 'vault.json'],
  vaultKey: ['env:VAULT_KEY', 'env:VAULT_KEY'],
  sealKey: ['env:SEAL_KEY', 'env:SEAL_KEY'],
  revealSecrets: ['1', true],
  redis: ['rediss://cache.example:6380', 'rediss://cache.example:6380'],
  replicaUrl: ['http://10.0.0.7:3000', 'http://10.0.0.7:3000'],
  logLevel: ['debug', 'debug'],
};

it('has defaults for all that can have one', () => {
  expect(parseConfig({})).toEqual(defaults);
});

describe.each(settingsTable)('$key', ({ key, flag, variable, description }) => {
  const [text, value] = values[key];
  // Either setting of the vault requires the other.
  const partner = { vaultFile: { vaultKey: 'env:KEY' }, vaultKey: { vaultFile: 'vault.json' } }[
    key as string
  ];

  it('has one name in three spellings, and a description', () => {
    const words = key.split(/(?=[A-Z])/).map(word => word.toLowerCase());
    expect(flag).toBe(`--${words.join('-')}`);
    expect(variable).toBe(`${ENV_PREFIX}${words.join('_').toUpperCase()}`);
    expect(description).toMatch(/\w+ \w+/);
  });

  it.each<[string, SettingSources]>([
    ['a flag', { flags: { [key]: text }, file: { ...partner } }],
    ['the environment', { env: { [variable]: text }, file: { ...partner } }],
    ['the file', { file: { ...partner, [key]: value } }],
  ])('comes from %s', (_, given) => {
    expect(parseConfig(given)).toEqual({ ...defaults, ...partner, [key]: value });
  });

  it('reaches a child process unchanged through its environment', () => {
    const config = parseConfig({ file: { ...partner, [key]: value } });
    expect(parseConfig({ env: childEnvironment(config, {}) })).toEqual(config);
  });

  it('is not inherited by a child process', () => {
    const config = parseConfig({});
    const inherited = { PATH: '/bin', [variable]: text, [CONFIG_FILE_VARIABLE]: '/config.yaml' };
    const env = childEnvironment(config, inherited);
    expect(parseConfig({ env })).toEqual(config);
    expect(env).toMatchObject({ PATH: '/bin' });
    expect(env).not.toHaveProperty(CONFIG_FILE_VARIABLE);
  });
});

it('a flag overrides the environment, which overrides the file', () => {
  const env = {
    [`${ENV_PREFIX}JOB_MS`]: '2',
    [`${ENV_PREFIX}PROFILE`]: 'env',
    [`${ENV_PREFIX}SANDBOX`]: 'false',
  };
  const file = { jobMs: 3, profile: 'file', region: 'us-west-2', sandbox: true };
  expect(parseConfig({ flags: { jobMs: '1' }, env, file })).toMatchObject({
    jobMs: 1,
    profile: 'env',
    region: 'us-west-2',
    sandbox: false,
  });
});

it('an empty variable counts as unset, since many hosts leave one out that way', () => {
  expect(parseConfig({ env: { [`${ENV_PREFIX}REGION`]: '' }, file: { region: 'us-west-2' } }).region).toBe(
    'us-west-2',
  );
});

it('other variables of the environment are ignored, and the variable that names the file is accepted', () => {
  const env = { AWS_REGION: 'nowhere', [CONFIG_FILE_VARIABLE]: 'settings.yaml', PATH: '/bin' };
  expect(parseConfig({ env })).toEqual(defaults);
});

it.each(['true', '1', 'TRUE', 'false', '0', 'False'])('a switch may be written %s', text => {
  expect(parseConfig({ env: { [`${ENV_PREFIX}SANDBOX`]: text } }).sandbox).toBe(/^(true|1)$/i.test(text));
});

it.each<[flags: NonNullable<SettingSources['flags']>, line: string]>([
  [{ callers: '{"r":{"when":{"groups":"g"}}}' }, 'flag --callers: rule r lacks target'],
  [{ callers: '{"r":{"target":"t"}}' }, 'flag --callers: rule r lacks when'],
  [
    { callers: '{"r":{"when":{"groups":5},"target":"t"}}' },
    'flag --callers: rule r: when.groups: expected a text, or a list of texts',
  ],
  [{ callers: '{"r":5}' }, 'flag --callers: rule r: expected an object, not a number'],
  [{ callers: 'none' }, 'flag --callers: expected an object, not a text'],
  [
    { targets: '{"a":{"durationSeconds":5}}' },
    'flag --targets: target a: durationSeconds: expected at least 900',
  ],
  [{ surface: 'x' }, 'flag --surface: expected one of full, compact'],
  [{ profile: '' }, 'flag --profile: must not be empty'],
  [{ issuer: 'x' }, 'flag --issuer: expected a URL'],
])('%j is refused, and the message says what is expected', (flags, line) => {
  expect(refusal({ flags })).toBe(line);
});

it.each<[SettingSources, offender: string]>([
  [{ file: { regoin: 'us-east-1' } }, 'unknown configuration key regoin'],
  [{ env: { [`${ENV_PREFIX}REGOIN`]: 'us-east-1' } }, `unknown environment variable ${ENV_PREFIX}REGOIN`],
  [{ env: { [`${ENV_PREFIX}SANDBOX`]: 'yes' } }, `environment variable ${ENV_PREFIX}SANDBOX`],
  [{ env: { [`${ENV_PREFIX}JOB_MS`]: '1e3' } }, `environment variable ${ENV_PREFIX}JOB_MS`],
  [{ flags: { jobMs: '-1' } }, 'flag --job-ms'],
  [{ flags: { jobMs: '3600001' } }, 'flag --job-ms'],
  [{ flags: { jobMs: '1.5' } }, 'flag --job-ms'],
  [{ flags: { region: 'Frankfurt' } }, 'flag --region'],
  [{ flags: { region: 'us-east-1.evil.example' } }, 'flag --region'],
  [{ flags: { logLevel: 'loud' } }, 'flag --log-level'],
  [{ file: { logLevel: 'loud' } }, 'configuration key logLevel'],
  [{ file: { jobMs: '250 ms' } }, 'configuration key jobMs'],
  [{ file: { sandbox: 'perhaps' } }, 'configuration key sandbox'],
  [{ file: { profile: 7 } }, 'configuration key profile'],
  [{ flags: { region: 'x' }, file: { region: 'us-east-1' } }, 'flag --region'],
  [{ flags: { protected: 'prod,[a-z]' } }, 'flag --protected'],
  [{ flags: { toolsets: 'auths' } }, 'flag --toolsets'],
  [{ flags: { apps: 'shop' } }, 'flag --apps'],
  [{ flags: { confirm: 'always' } }, 'flag --confirm'],
  [{ flags: { targets: 'shop' } }, 'flag --targets'],
  [{ flags: { targets: '{"shop":{"rolearn":"x"}}' } }, 'flag --targets'],
  [{ flags: { vaultKey: 'secret' } }, 'flag --vault-key'],
  [{ flags: { sealKey: 'kms:arn:aws:kms:eu-west-1:123456789012:key/k' } }, 'flag --seal-key'],
  [{ flags: { vaultKey: 'env:KEY' } }, 'the vault needs both'],
  [{ file: { targets: { shop: { vault: 'shop' } } } }, 'target shop'],
  [{ file: ['sandbox'] }, 'the configuration file'],
  [{ file: 'sandbox' }, 'the configuration file'],
  [{ file: null }, 'the configuration file'],
])('%j is refused, and the message names %s', (given, offender) => {
  expect(refusal(given)).toMatch(new RegExp(`^${offender}\\b`));
  expect(refusal(given)).not.toContain('\n');
});
