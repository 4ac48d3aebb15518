/** What `npm run bench` measures the product's start against: it is bundled as the product is, and must answer. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { bundleBench } from '../bench/bundle.mjs';
import { encodeMessage, initialize } from '../bench/requests.mjs';
import { withTemporaryFolder } from '../scripts/bundle-file.mjs';

it('the server with one tool answers', async () => {
  await withTemporaryFolder('one-tool', async folder => {
    const input = `${encodeMessage({ id: 1, ...initialize })}\n`;
    const file = await bundleBench('one-tool', folder);
    const { stdout, stderr } = spawnSync(process.execPath, [file], { input, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: { serverInfo: { name: 'one-tool' } } });
  });
});
