/** The settings of an installed server, as arguments. Only names and switches: a secret never goes into a host's file. */
import { resolve } from 'node:path';
import { quote } from '../../lib/quote.ts';
import { ConfigError, settingsTable } from '../../server/settings.ts';
import { readFileSettings } from '../command-line.ts';
import { parseConfig } from '../config.ts';

/** Texts that are keys and were taken for a name. */
const looksLikeKey = (text: string) =>
  /^(?:AKIA|ASIA)[A-Z0-9]{12,}$/.test(text) || /^[A-Za-z0-9/+]{40}$/.test(text);

/** Texts in which a shell or a host was to put a value: `${AWS_PROFILE}`, `$(…)`, `%AWS_PROFILE%`, `{{profile}}`, `<profile>`. */
const looksLikePlaceholder = (text: string) => /\$[\w{(]|^%.+%$|\{\{|^<.+>$|`/.test(text);

/** @throws ConfigError for what no profile is called */
function checkProfile(profile: string): void {
  if (looksLikeKey(profile))
    throw new ConfigError(
      'flag --profile: expected the name of a profile, not a key; keys belong in ~/.aws/credentials',
    );
  if (looksLikePlaceholder(profile))
    throw new ConfigError(
      `flag --profile: ${quote(profile)} is a placeholder, which no host fills in; type the name of a profile, as \`aws configure list-profiles\` prints it`,
    );
}

/**
 * @param flags settings by their keys, and `config`
 * @throws ConfigError for what a start would refuse
 */
export async function installedSettings({
  config,
  ...flags
}: Readonly<Record<string, unknown>>): Promise<string[]> {
  const path = config === undefined ? undefined : resolve(String(config));
  if (typeof flags.profile === 'string') checkProfile(flags.profile);
  const { sandbox } = parseConfig({ flags, file: await readFileSettings(path) });
  if (sandbox && flags.profile !== undefined)
    throw new ConfigError(
      'flag --profile: the sandbox uses no profile; leave out --profile, or the sandbox to work in an account',
    );
  const given = settingsTable.flatMap(({ key, flag }) => {
    const value = flags[key];
    if (value === undefined || value === false) return [];
    return value === true ? [flag] : [flag, String(value)];
  });
  return path === undefined ? given : [...given, '--config', path];
}
