/** Measures the page: its size, and the time from loading its document to the first paint in Debian's Chromium. */
import { existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { buildPage } from '../scripts/ui-page.mjs';

const CHROMIUM = '/usr/bin/chromium';

/**
 * @param {number} runs
 * @returns the bytes of the page, plain and compressed, and the median time to the first paint in ms; no time without a browser
 */
export async function measurePage(runs) {
  const html = await buildPage();
  const sizes = { bytes: Buffer.byteLength(html), gzipBytes: gzipSync(html).length };
  if (!existsSync(CHROMIUM)) return { ...sizes, firstPaintMs: undefined };
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    /** @type {number[]} */
    const times = [];
    for (let run = 0; run < runs; run += 1) {
      const page = await browser.newPage();
      await page.route('**/*', route => route.fulfill({ contentType: 'text/html', body: html }));
      await page.goto('http://page.test/');
      times.push(
        Number(
          await page.evaluate(`new Promise(resolve => new PerformanceObserver(list => resolve(list.getEntries()[0].startTime))
            .observe({ type: 'paint', buffered: true }))`),
        ),
      );
      await page.close();
    }
    times.sort((a, b) => a - b);
    return { ...sizes, firstPaintMs: times[Math.floor(times.length / 2)] };
  } finally {
    await browser.close();
  }
}
