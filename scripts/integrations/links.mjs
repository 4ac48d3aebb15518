/** Links that add a server to an editor. */

/**
 * Cursor's link: it has the name, and the configuration as JSON in base64.
 * @param {string} name @param {import('./launch.mjs').Launch} launch
 */
export const cursorLink = (name, launch) =>
  `cursor://anysphere.cursor-deeplink/mcp/install?${new URLSearchParams({
    name,
    config: Buffer.from(JSON.stringify(launch)).toString('base64'),
  })}`;

/**
 * VS Code's link: it has the JSON that `code --add-mcp` takes.
 * @param {string} name @param {import('./launch.mjs').Launch} launch
 */
export const vscodeLink = (name, launch) =>
  `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, type: 'stdio', ...launch }))}`;

/** VS Code's link as a web address, for pages that show no other links. @param {string} name @param {import('./launch.mjs').Launch} launch */
export const vscodeWebLink = (name, launch) =>
  `https://insiders.vscode.dev/redirect/mcp/install?name=${encodeURIComponent(name)}&config=${encodeURIComponent(
    JSON.stringify({ type: 'stdio', ...launch }),
  )}`;

/** Cursor's link as a web address. @param {string} name @param {import('./launch.mjs').Launch} launch */
export const cursorWebLink = (name, launch) =>
  cursorLink(name, launch).replace(
    'cursor://anysphere.cursor-deeplink/mcp/install',
    'https://cursor.com/install-mcp',
  );
