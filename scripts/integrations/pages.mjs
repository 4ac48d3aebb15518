/** The generated parts of pages, on installing and starting the program. Comments in a page mark the place of each part. */
import { installedLaunch, typed } from './launch.mjs';
import { cursorLink, cursorWebLink, vscodeLink, vscodeWebLink } from './links.mjs';
import { manifests } from './manifests.mjs';

/** @typedef {import('./launch.mjs').Release} Release */

/** @param {string} language @param {string} text */
const block = (language, text) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** Shell commands, with their comments in one column. @param {readonly (readonly [string, string])[]} lines */
function shell(lines) {
  const width = Math.max(...lines.map(([line, what]) => (what ? line.length : 0))) + 2;
  return block(
    'sh',
    lines.map(([line, what]) => (what ? `${line.padEnd(width)}# ${what}` : line)).join('\n'),
  );
}

/** The first commands: installing the program and adding it to a host. @param {Release} release */
const start = release =>
  shell([
    ...(release.published
      ? [
          /** @type {const} */ ([
            `npm install --global ${release.name}@${release.version}`,
            'Node 20 or later',
          ]),
        ]
      : [
          /** @type {const} */ ([
            'npm ci && npm run build',
            'Node 20 or later, in a clone of this repository',
          ]),
        ]),
    [`${own(release)} install claude-desktop --sandbox`, 'try it without AWS'],
    [`${own(release)} install claude-desktop --profile my-profile --region us-east-1`, ''],
  ]);

/** The program at a path that does not change, so that a host finds it at every start. @param {Release} release */
const own = ({ name, published }) => (published ? name : 'node dist/cli.js');

/** @param {Release} release */
const checks = release =>
  shell([
    [`${typed(release)} doctor`, 'configuration, region, credentials, clock, reachability, permissions'],
    [`${typed(release)} iam-policy`, 'the minimal IAM policy for its AWS identity'],
  ]);

/** The block of a host that reads `mcpServers`, or VS Code's. @param {'mcpServers' | 'servers'} member @param {Release} release */
function pasted(member, release) {
  const example = JSON.parse(manifests(release)['mcp.json.example'] ?? '{}')[member]['amplify-backend'];
  const lines = JSON.stringify({ [member]: { 'amplify-backend': example } }, null, 2);
  return block(
    'json',
    lines.replace(
      /([[{])\s+("[^[\]{}]*")\s+([\]}])/g,
      (_, open, items, close) =>
        `${open}${open === '{' ? ' ' : ''}${items.replace(/,\s+/g, ', ')}${close === '}' ? ' ' : ''}${close}`,
    ),
  );
}

/** @param {Release} release */
function links(release) {
  const launch = installedLaunch(release);
  const sandbox = { ...launch, args: [...launch.args, '--sandbox'] };
  const rows = [
    { name: 'amplify-backend', launch },
    { name: 'amplify-backend-sandbox', launch: sandbox },
  ].map(
    ({ name, launch }) =>
      `| \`${name}\` | [Cursor](${cursorWebLink(name, launch)}) | [VS Code](${vscodeWebLink(name, launch)}) |`,
  );
  const raw = [cursorLink('amplify-backend', launch), vscodeLink('amplify-backend', launch)].join('\n');
  return `${['| server | | |', '| --- | --- | --- |', ...rows].join('\n')}\n\nThe same as links of the editors themselves:\n\n${block('text', raw)}`;
}

/** The commands that install the program for a service. @param {Release} release */
const service = ({ name, version, published }) => {
  const install = `sudo npm install --global --prefix /opt/${name}`;
  return published
    ? block('sh', `${install} ${name}@${version}`)
    : block(
        'sh',
        `npm ci && npm pack    # in a clone of this repository\n${install} ./${name}-${version}.tgz`,
      );
};

/**
 * The parts, by page and name.
 * @param {Release} release
 * @returns {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const pages = release => ({
  'README.md': { start: start(release), checks: checks(release), block: pasted('mcpServers', release) },
  'docs/installing.md': { start: start(release), vscode: pasted('servers', release), links: links(release) },
  'deploy/README.md': { service: service(release) },
});
