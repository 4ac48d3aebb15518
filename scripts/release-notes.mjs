/**
 * Prints the section of CHANGELOG.md for the version that a tag names (`v0.2.0`). Fails if the tag, package.json and the
 * changelog do not name the same version.
 */
import { readFileSync } from 'node:fs';

/** @param {string} name */
const read = name => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const tag = process.argv[2] ?? '';
/** @type {typeof import('../package.json')} */
const { version } = JSON.parse(read('package.json'));
const sections = read('CHANGELOG.md').split(/^## /m).slice(1);
const section = sections.find(text => text.startsWith(`[${version}] - `));

if (tag !== `v${version}`) {
  process.stderr.write(
    `The tag is "${tag}", and package.json has version ${version}: tag v${version} instead.\n`,
  );
  process.exitCode = 1;
} else if (!section) {
  process.stderr.write(`CHANGELOG.md has no section "## [${version}] - DATE": add one before the release.\n`);
  process.exitCode = 1;
} else {
  // Without the heading, and without the link references at the end of the file.
  process.stdout.write(
    `${section
      .replace(/^.*\n/, '')
      .replace(/^\[.*\]: .*$/gm, '')
      .trim()}\n`,
  );
}
