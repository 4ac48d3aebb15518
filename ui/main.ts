/** The page: one document that shows one of six views, in a chat host's frame or from an HTTP server. */
import { openFrame } from './frame.ts';
import { openShell } from './shell.ts';

const root = document.getElementById('page');
const host = document.querySelector('meta[name="amplify-host"]')?.getAttribute('content');

if (root && host === 'frame') void openFrame(root, document.documentElement.dataset.view ?? 'board');
if (root && host === 'http') openShell(root);
