/** Which clients show pages, by what they declare. */
import { expect, it } from 'vitest';
import { showsPages } from '../../src/mcp/ui-extension.ts';

const name = 'io.modelcontextprotocol/ui';
const ours = 'text/html;profile=mcp-app';

it.each([
  [{ extensions: { [name]: { mimeTypes: [ours] } } }, true],
  [{ extensions: { [name]: { mimeTypes: ['text/plain', ours] } } }, true],
  [{ extensions: { [name]: {} } }, true],
  [{ extensions: { [name]: { mimeTypes: [] } } }, false],
  [{ extensions: { [name]: { mimeTypes: ['text/html'] } } }, false],
  [{ extensions: { [name]: { mimeTypes: ours } } }, false],
  [{ extensions: { [name]: true } }, false],
  [{ extensions: { [name]: null } }, false],
  [{ extensions: { [name]: [ours] } }, false],
  [{ extensions: { 'io.modelcontextprotocol/tasks': {} } }, false],
  [{ experimental: { [name]: { mimeTypes: [ours] } } }, false],
  [{ extensions: null }, false],
  [{}, false],
  [undefined, false],
  ['text', false],
])('%j: %j', (capabilities, expected) => {
  expect(showsPages(capabilities)).toBe(expected);
});
