/** Makes once what test files share: the bin, since they run it as its users do, and the page of a chat host. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The file of the host's page. */
    hostPage: string;
  }
}

/** The host's page, with its script inside. Its modules take half a second to bundle in each process that does so. */
async function hostHtml(): Promise<string> {
  const { output } = await build({
    input: fileURLToPath(new URL('./ui/host/host.ts', import.meta.url)),
    platform: 'browser',
    logLevel: 'silent',
    tsconfig: false,
    write: false,
    output: { format: 'iife' },
  });
  const script = output[0].code.replaceAll('</script', '<\\/script');
  return `<!doctype html><html lang="en"><title>Host</title><style>body{margin:0}iframe{border:0;width:100%;display:block;height:400px}</style><body><script>${script}</script>`;
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const building = promisify(execFile)(process.execPath, ['scripts/build.mjs']);
  const [html] = await Promise.all([hostHtml(), building]);
  const folder = await mkdtemp(join(tmpdir(), 'host-page-'));
  const file = join(folder, 'host.html');
  await writeFile(file, html);
  provide('hostPage', file);
  return () => rm(folder, { recursive: true });
}
