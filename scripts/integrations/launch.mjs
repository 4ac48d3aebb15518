/**
 * How pages and manifests start the program. Nobody owns the package's name before its first release, so until
 * `config.published` in package.json is true they name an installed program; from then on this very version by npx.
 *
 * @typedef {object} Release
 * @property {string} name
 * @property {string} version
 * @property {boolean} published
 *
 * @typedef {{ command: string, args: string[] }} Launch
 */

/** Where a reader's clone would be. */
const CLONE = '/absolute/path/to/amplify-backend-mcp';

/** @param {Release} release @returns {Launch} */
const npx = ({ name, version }) => ({ command: 'npx', args: ['-y', `${name}@${version}`] });

/** What a person pastes, and mends the path of. @param {Release} release @returns {Launch} */
export const pastedLaunch = release =>
  release.published ? npx(release) : { command: 'node', args: [`${CLONE}/dist/cli.js`] };

/** What works as it is on a machine where the program is installed. @param {Release} release @returns {Launch} */
export const installedLaunch = release =>
  release.published ? npx(release) : { command: release.name, args: [] };

/** What is typed in a shell. @param {Release} release */
export const typed = release =>
  release.published ? `npx -y ${release.name}@${release.version}` : 'node dist/cli.js';
