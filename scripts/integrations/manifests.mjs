/** Makes the files of hosts' plugins and extensions, the registry's server.json, and mcp.json.example from other declarations. */
import { readFileSync } from 'node:fs';
import { installedLaunch, pastedLaunch } from './launch.mjs';

/** @param {string} file */
const read = file => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
/** @type {typeof import('../../package.json')} */
const pkg = JSON.parse(read('package.json'));
/** @type {typeof import('../../mcpb/manifest.json')} */
const bundle = JSON.parse(read('mcpb/manifest.json'));

/** The release that package.json describes. @type {import('./launch.mjs').Release} */
export const thisRelease = { name: pkg.name, version: pkg.version, published: pkg.config.published };

/** Short, because the name `mcp__plugin_PLUGIN_SERVER__TOOL` of a tool may have at most 64 characters. */
export const PLUGIN = 'amplify-gen1';
export const SERVER = 'backend';

/** JSON in the layout of the formatter, with a list of texts on one line. @param {unknown} value */
const json = value =>
  `${JSON.stringify(value, null, 2).replace(/\[\s+("[^[\]{}]*")\s+\]/g, (_, items) => `[${items.replace(/,\s+/g, ', ')}]`)}\n`;

const about = { author: pkg.author, homepage: pkg.homepage, license: pkg.license };
const repository = pkg.repository.url.replace(/^git\+|\.git$/g, '');
const description =
  'AWS Amplify Gen 1 backends: clone, compare, set up, take down and follow jobs; with a sandbox.';

/** The settings that a person enters in a form, each with its environment variable. */
const settings = Object.entries(bundle.user_config).map(
  ([key, { type, title, description, default: value }]) => {
    const [variable = ''] =
      Object.entries(bundle.server.mcp_config.env).find(([, text]) => text === `\${user_config.${key}}`) ??
      [];
    return { key, variable, type, title, description, default: value };
  },
);
/** @param {(setting: (typeof settings)[number]) => unknown} make */
const byVariable = make => Object.fromEntries(settings.map(setting => [setting.variable, make(setting)]));

/** @param {import('./launch.mjs').Release} release */
function example(release) {
  const { command, args } = pastedLaunch(release);
  const env = { AWS_PROFILE: 'my-profile', AWS_REGION: 'us-east-1' };
  const real = { command, args, env };
  const sandbox = { command, args: [...args, '--sandbox'] };
  const blocks = { 'amplify-backend': real, 'amplify-backend-sandbox': sandbox };
  const ofType = Object.entries(blocks).map(([name, block]) => [name, { type: 'stdio', ...block }]);
  return { mcpServers: blocks, servers: Object.fromEntries(ofType) };
}

/** @param {import('./launch.mjs').Release} release */
const registryEntry = ({ name, version }) => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: pkg.mcpName,
  title: bundle.display_name,
  description,
  repository: { url: repository, source: 'github' },
  version,
  packages: [
    {
      registryType: 'npm',
      identifier: name,
      version,
      transport: { type: 'stdio' },
      environmentVariables: settings.map(({ variable, description, type }) => ({
        name: variable,
        description,
        ...(type === 'boolean' ? { format: 'boolean' } : {}),
      })),
    },
  ],
});

/** @param {import('./launch.mjs').Release} release */
const claudePlugin = ({ version }) => ({
  name: PLUGIN,
  version,
  description,
  ...about,
  repository,
  keywords: pkg.keywords,
  userConfig: Object.fromEntries(
    settings.map(({ key, type, title, description, default: value }) => [
      key,
      { type, title, description, default: value },
    ]),
  ),
});

const marketplace = {
  name: 'amplify-backend-mcp',
  description: 'The plugin of amplify-backend-mcp for Claude Code.',
  owner: pkg.author,
  plugins: [{ name: PLUGIN, source: './integrations/claude-code', description }],
};

/** @param {import('./launch.mjs').Release} release */
const claudeServers = release => ({
  mcpServers: {
    [SERVER]: { ...installedLaunch(release), env: byVariable(({ key }) => `\${user_config.${key}}`) },
  },
});

/** @param {import('./launch.mjs').Release} release */
const geminiExtension = release => ({
  name: PLUGIN,
  version: release.version,
  description,
  mcpServers: {
    // A setting that was not entered must reach the server as an empty text, which counts as unset.
    [SERVER]: { ...installedLaunch(release), env: byVariable(({ variable }) => `\${${variable}:-}`) },
  },
  contextFileName: 'GEMINI.md',
  settings: settings.map(({ title, description, variable, type }) => ({
    name: title,
    description: type === 'boolean' ? `${description} Enter true or false.` : description,
    envVar: variable,
    sensitive: false,
  })),
});

/** The skill without its front matter, which only Claude Code reads. */
const guide = () =>
  read(`integrations/claude-code/skills/${PLUGIN}/SKILL.md`).replace(/^---\n[\s\S]*?\n---\n+/, '');

/**
 * Every generated file, by its path.
 * @param {import('./launch.mjs').Release} release
 * @returns {Readonly<Record<string, string>>}
 */
export const manifests = release => ({
  'mcp.json.example': json(example(release)),
  'server.json': json(registryEntry(release)),
  '.claude-plugin/marketplace.json': json(marketplace),
  'integrations/claude-code/.claude-plugin/plugin.json': json(claudePlugin(release)),
  'integrations/claude-code/.mcp.json': json(claudeServers(release)),
  'integrations/gemini/gemini-extension.json': json(geminiExtension(release)),
  'integrations/gemini/GEMINI.md': guide(),
});
