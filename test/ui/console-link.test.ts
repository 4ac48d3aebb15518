/** The links from the page in a browser to the AWS console: each opens in its own tab, which learns nothing about the board. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, describe, expect, it } from 'vitest';
import { go, setBoardPages, showBoard, submit } from '../support/board-page.ts';
import { hasChromium } from '../support/chromium.ts';

interface Asked {
  readonly host: string | undefined;
  readonly url: string | undefined;
  readonly referrer: string | undefined;
}

/** Stands in for the AWS console. @returns the flags that make the browser use it, and the requests that it got */
function standInForConsole() {
  const asked: Asked[] = [];
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
  });
  const flags = async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'console' }], {
      keyType: 'ec',
    });
    const server = createServer({ key, cert }, ({ url, headers }, response) => {
      if (url !== '/favicon.ico') asked.push({ host: headers.host, url, referrer: headers.referer });
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Console</title>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return [`--host-resolver-rules=MAP *.amazon.com 127.0.0.1:${port}`, '--ignore-certificate-errors'];
  };
  return { asked, flags };
}

describe.runIf(hasChromium)('the link to the AWS console (where chromium is installed)', () => {
  const consoles = standInForConsole();
  const { home, openPage, servers } = setBoardPages({ one: [] }, consoles.flags);

  it('opens a failed stack in a new tab, without an opener and without a referrer', async () => {
    await home.sandbox.order('DeleteBackend', 'stack-delete-fails');
    const page = await openPage();
    // The page's own header also removes the opener. That the link itself asks for none shows in what the page gets of the tab.
    await page.addInitScript(`
      const { open } = window;
      window.handles = [];
      window.open = (...given) => {
        const handle = open.apply(window, given);
        handles.push(handle === null ? 'none' : 'a window');
        return handle;
      }`);
    await showBoard(page, servers.one);
    await go(page, 'Delete');
    await submit(page);
    await page.getByLabel('Type dev to delete it').fill('dev');
    await page.getByRole('button', { name: 'Delete dev' }).click();
    await home.sandbox.arrival('DeleteBackend');
    home.sandbox.finishJobs();
    await page.getByText(/^Approved: /).waitFor();
    await go(page, 'Board');
    const links = page.getByRole('button', { name: 'Stack of dev in the AWS console' });
    // One is in the card of the environment, one is next to the failed job.
    await expect.poll(() => links.count()).toBe(2);
    const before = page.url();
    for (const link of await links.all()) {
      const [tab] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
      await expect.poll(() => tab.title()).toBe('Console');
      expect(tab.url()).toMatch(
        /^https:\/\/us-east-1\.console\.aws\.amazon\.com\/cloudformation\/home\?region=us-east-1#\/stacks\/events\?stackId=arn%3Aaws%3Acloudformation%3A[\w%-]+$/,
      );
      expect(await tab.evaluate('[window.opener, document.referrer]')).toEqual([null, '']);
      await tab.close();
    }
    const request = {
      host: 'us-east-1.console.aws.amazon.com',
      ...{ url: '/cloudformation/home?region=us-east-1', referrer: undefined },
    };
    expect(consoles.asked).toEqual([request, request]);
    expect(await page.evaluate('handles')).toEqual(['none', 'none']);
    expect(page.url()).toBe(before);
  });

  it.each([
    'https://evil.test/x',
    'javascript:alert(1)',
    'arn:aws:cloudformation:evil.test/:123456789012:stack/a/b',
    'arn:aws-evil:cloudformation:us-east-1:123456789012:stack/a/b',
  ])('is missing if the id of the stack is %s', async id => {
    servers.one.set(async (response, answer) => {
      const message = JSON.parse(await answer());
      const [dev] = message.result.structuredContent.environments;
      Object.assign(dev, { health: 'failed', stack: { status: 'UPDATE_FAILED', id } });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
    });
    const page = await showBoard(await openPage(), servers.one);
    await page.getByText('UPDATE_FAILED').waitFor();
    expect(await page.getByRole('button', { name: /AWS console/ }).count()).toBe(0);
  });
});
