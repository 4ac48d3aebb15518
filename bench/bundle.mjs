/** Bundles the programs of this folder as the product is bundled, so that a comparison shows the difference of the code alone. */
import { bundle } from '../scripts/bundle-file.mjs';

/**
 * @param {string} name a file of this folder, without its extension
 * @param {string} folder the folder for the bundle
 * @returns the bundle's path
 */
export const bundleBench = (name, folder) =>
  bundle(new URL(`${name}.mjs`, import.meta.url), folder, { minify: true });
