/** The page: one document that shows one of six views, in a chat host's frame or from an HTTP server. */

const main = document.getElementById('main');
const heading = document.createElement('h1');
heading.textContent = document.documentElement.dataset.view ?? '';
main?.append(heading);
