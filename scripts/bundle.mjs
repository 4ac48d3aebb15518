/**
 * Packs dist/ into an MCP bundle, which desktop hosts install with a double click:
 * `amplify-backend-mcp-VERSION.mcpb`, in the folder that is the first argument, or in the repository's own.
 * Members that package.json and mcpb/manifest.json could both have are in package.json alone.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packExtension } from '@anthropic-ai/mcpb/cli';

const root = fileURLToPath(new URL('../', import.meta.url));
/** @type {typeof import('../package.json')} */
const pkg = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const { name, version, description, keywords, license, author, homepage, bugs, repository } = pkg;
/** @type {typeof import('../mcpb/manifest.json')} */
const ownManifest = JSON.parse(await readFile(join(root, 'mcpb/manifest.json'), 'utf8'));
const manifest = {
  ...ownManifest,
  ...{ name, version, description, keywords, license, author, homepage, support: bugs.url },
  repository: { type: repository.type, url: repository.url.replace(/^git\+/, '') },
};

const outputPath = resolve(process.argv[2] ?? root, `${name}-${version}.mcpb`);
const folder = await mkdtemp(join(tmpdir(), 'mcpb-'));
try {
  await cp(join(root, 'dist'), join(folder, 'server'), { recursive: true });
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2));
  // This file tells Node that the files of server/ are ES modules.
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version, type: 'module' }));
  if (!(await packExtension({ extensionPath: folder, outputPath, silent: true })))
    throw new Error('The bundle could not be packed: its manifest does not fit the schema.');
} finally {
  await rm(folder, { recursive: true });
}
process.stdout.write(`${outputPath}\n`);
