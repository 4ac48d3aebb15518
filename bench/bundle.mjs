/** Bundles what the product is measured against as the product itself is bundled, so that nothing but the code differs. */
import { bundle } from '../scripts/bundle-file.mjs';

/**
 * @param {string} name a file of this folder, without its ending
 * @param {string} folder where the bundle goes
 * @returns the bundle's path
 */
export const bundleBench = (name, folder) =>
  bundle(new URL(`${name}.mjs`, import.meta.url), folder, { minify: true });
