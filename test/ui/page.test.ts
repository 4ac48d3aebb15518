/** The page as it is served: one small document whose policy allows nothing from elsewhere. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pageOf, uriOf, viewOf, views } from '../../src/mcp/ui-page.ts';

const digestOf = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policyOf = (page: string) => /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];

describe('the page', () => {
  it.each(views)('has an address and a document for the view %s', async view => {
    expect(viewOf(uriOf(view))).toBe(view);
    expect(await pageOf(view)).toContain(`data-view="${view}"`);
  });

  it('allows its own script and style, by their digests, and nothing else', async () => {
    const page = await pageOf('board');
    const script = /<script>(.*?)<\/script>/s.exec(page)?.[1];
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1];
    expect(policyOf(page)).toBe(
      `default-src 'none'; script-src ${digestOf(script)}; style-src ${digestOf(style)}; connect-src 'none'; base-uri 'none'; form-action 'none'`,
    );
  });

  it('may connect to its own server if it is served over HTTP', async () => {
    const page = await pageOf('plan', 'http');
    expect(policyOf(page)).toContain("connect-src 'self'");
    expect(page).toContain('name="amplify-host" content="http"');
  });

  it('shows something before its script runs', async () => {
    expect(await pageOf('board')).toContain('<div id="page"><main><p class="quiet loading">Loading…</p>');
  });

  it('is at most 200 KB long', async () => {
    expect(Buffer.byteLength(await pageOf('board'))).toBeLessThan(200_000);
  });

  it('has no document for another URI', () => {
    expect(viewOf('ui://amplify-backend/other')).toBeUndefined();
    expect(viewOf('amplify://board')).toBeUndefined();
  });
});
