/** `npm run agents [-- --surface full|compact --only ID,ID --json FILE]`; docs/testing.md tells the variables. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle, withTemporaryFolder } from '../../scripts/bundle-file.mjs';

const bin = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

await withTemporaryFolder('agents', async folder => {
  const file = await bundle(new URL('main.ts', import.meta.url), folder);
  /** @type {typeof import('./main.ts')} */
  const { main } = await import(pathToFileURL(file).href);
  try {
    process.exitCode = await main({
      ...{ bin, args: process.argv.slice(2), env: process.env },
      print: line => process.stdout.write(`${line}\n`),
    });
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n`);
    process.exitCode = 2;
  }
});
