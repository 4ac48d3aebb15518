/**
 * How pages and manifests start the program. Before the first release anybody could take the package's name, so they name an
 * installed program until `config.published` in package.json is true. From then on they run this version by npx.
 *
 * @typedef {object} Release
 * @property {string} name
 * @property {string} version
 * @property {boolean} published
 *
 * @typedef {{ command: string, args: string[] }} Launch
 */

/** The path of the repository's clone, which the reader replaces. */
const CLONE = '/absolute/path/to/amplify-backend-mcp';

/** @param {Release} release @returns {Launch} */
const npx = ({ name, version }) => ({ command: 'npx', args: ['-y', `${name}@${version}`] });

/** The launch in a block that a person pastes and whose path they replace. @param {Release} release @returns {Launch} */
export const pastedLaunch = release =>
  release.published ? npx(release) : { command: 'node', args: [`${CLONE}/dist/cli.js`] };

/** The launch that works unchanged if the program is installed. @param {Release} release @returns {Launch} */
export const installedLaunch = release =>
  release.published ? npx(release) : { command: release.name, args: [] };

/** The command to type in a shell. @param {Release} release */
export const typed = release =>
  release.published ? `npx -y ${release.name}@${release.version}` : 'node dist/cli.js';
