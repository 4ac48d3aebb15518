/** The two listings that AWS pages: their cursors, and `all`, whose limit says what it left out. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, textOf } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { on } from './cases/case.ts';

/** The most pages that one call reads. */
const CAP = 10;

/** The two listings: what they hold in the seeded sandbox, and how many go on a page. */
const listings = [
  { tool: 'list_backend_jobs', member: 'jobs', args: on('dev', { maxResults: 7 }), total: 30, size: 7 },
  { tool: 'list_s3_buckets', member: 'buckets', args: {}, total: 60, size: 25 },
];

describe.each(generations)('paging: $name', ({ connect }) => {
  const scene = setScene(connect);

  async function list(tool: string, args: Json, member: string) {
    const result = await scene.client.callTool(tool, args);
    expect(result.isError).toBeFalsy();
    const { nextToken, [member]: items } = result.structuredContent;
    return { items: items as Json[], nextToken, text: textOf(result) };
  }

  it.each(listings)('$tool goes page by page to the end', async ({ tool, member, args, total, size }) => {
    const seen: Json[] = [];
    let cursor: Json = {};
    for (;;) {
      const { items, nextToken, text } = await list(tool, { ...args, ...cursor }, member);
      seen.push(...items);
      expect(items.length).toBeLessThanOrEqual(size);
      if (nextToken === undefined) {
        expect(text).not.toContain('left out');
        break;
      }
      expect(text).toContain(`More ${member} are left out`);
      cursor = { nextToken };
    }
    expect(new Set(seen.map(item => item.jobId ?? item.name)).size).toBe(total);
    expect(seen).toHaveLength(total);
    expect(await scene.sandbox.requests()).toHaveLength(Math.ceil(total / size));
  });

  it.each(listings)('$tool takes all pages at once', async ({ tool, member, args, total }) => {
    const { items, nextToken, text } = await list(tool, { ...args, all: true }, member);
    expect(items).toHaveLength(total);
    expect(nextToken).toBeUndefined();
    expect(text).not.toContain('left out');
  });

  it('stops `all` at its limit, says what is left out, and returns the cursor', async () => {
    const args = on('dev', { maxResults: 1 });
    const { items, nextToken, text } = await list('list_backend_jobs', { ...args, all: true }, 'jobs');
    expect(items).toHaveLength(CAP);
    expect(text).toContain(`left out after these ${CAP}`);
    const next = await list('list_backend_jobs', { ...args, nextToken }, 'jobs');
    expect(items.map(job => job.jobId)).not.toContain(next.items[0]?.jobId);
    expect(next.items).toHaveLength(1);
  });
});
