#!/usr/bin/env node
/**
 * The file that people and hosts run: checks the version of Node, then loads the program. It imports nothing by itself,
 * so that an old Node can read it to its end.
 */
const NEEDED = 20;
const { node } = process.versions;

if (Number(node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `amplify-backend-mcp: Node.js ${NEEDED} or later is needed, and this is Node.js ${node}: install it from https://nodejs.org, or with nvm: nvm install ${NEEDED}\n`,
  );
  process.exitCode = 1;
} else {
  void import('../cli.ts');
}
