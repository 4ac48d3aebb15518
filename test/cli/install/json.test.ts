/** JSON files of every style: install adds one server, and every other byte stays. */
import { parseTree, stripComments } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/cli/install/json-edit.ts';
import { block, CURSOR, SELF, user } from '../../support/host-user.ts';

/** Files in every style that people use; each must be restored unchanged. */
const files: Record<string, string> = {
  plain: block,
  CRLF: block.replaceAll('\n', '\r\n'),
  tabs: block.replaceAll('  ', '\t'),
  'four spaces': block.replaceAll('  ', '    '),
  'no newline at the end': block.trimEnd(),
  'one line': '{"mcpServers":{"other":{"command":"other"}},"theme":"dark"}',
  'comments everywhere': `// first
{
  // before
  "mcpServers": { // opening
    /* about */ "other": { "command": "other" } // the other one
    // last of the servers
  }, // after
  "theme": "dark" // theme
  /* end */
}
// last
`,
  'trailing commas': `{
  "mcpServers": {
    "other": { "command": "other", }, // x
  },
}
`,
  'a comma after a comment': `{
  "mcpServers": {
    "other": {}, /* , */ "more": {} // , not a comma
  }
}
`,
  'names that look like syntax': `{
  "a": "}{,//",
  "mcpServers": {
    "x}": { "command": "//\\"," }
  }
}
`,
};

describe('JSON with comments', () => {
  it.each(Object.entries(files))(
    '%s: install adds one server, uninstall without a copy gives back every byte',
    async (_, text) => {
      const { install, uninstall, read, removeCopies } = user({ [CURSOR]: text });
      await install('cursor', { settings: ['--read-only'] });
      removeCopies(CURSOR);
      const after = read(CURSOR);
      const { mcpServers, ...rest } = parseJson(after) as { mcpServers: Record<string, unknown> };
      const before = parseJson(text) as { mcpServers: Record<string, unknown> };
      const { 'amplify-backend': ours, ...others } = mcpServers;
      expect({ ...rest, mcpServers: others }).toEqual(before);
      expect(ours).toEqual({ command: SELF[0], args: [SELF[1], '--read-only'] });
      // Every earlier line is still there, except for an added comma.
      const lines = after.split(/\r?\n/).map(line => stripComments(line.trim()).replace(/[ ,]+$/, ''));
      if (text.includes('\n'))
        for (const line of text.split(/\r?\n/))
          expect(lines).toContain(stripComments(line.trim()).replace(/[ ,]+$/, ''));
      for (const comment of text.match(/\/\*.*?\*\/|\/\/ .*$/gm) ?? []) expect(after).toContain(comment);
      if (text.includes('\r\n')) expect(after).not.toMatch(/[^\r]\n/);
      expect(parseTree(after, [], { allowTrailingComma: text.includes(',\n  }') })).toBeDefined();
      await uninstall('cursor');
      expect(read(CURSOR)).toBe(text);
    },
  );

  it('keeps a comment on the line of the last server where it is', async () => {
    const { install, read } = user({ [CURSOR]: files['comments everywhere'] ?? '' });
    await install('cursor');
    expect(read(CURSOR)).toContain(
      '"other": { "command": "other" }, // the other one\n    // last of the servers\n    "amplify-backend"',
    );
  });

  it.each([
    ['an empty file', ''],
    ['a blank line', '\n'],
    ['an empty object', '{}'],
    ['an empty object with a newline', '{}\n'],
    ['another member', '{ "theme": "dark" }'],
    ['a comment in an empty object', '{\n  // nothing yet\n}\n'],
    ['a line comment alone', '// nothing yet'],
    ['comments alone', '/* nothing */\n// nothing yet\n\n'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['servers on the first line', '{ "mcpServers": {\n    "other": {} } }\n'],
  ])('a file with %s gets its servers', async (_, text) => {
    const { install, read } = user({ [CURSOR]: text });
    await install('cursor');
    const after = read(CURSOR);
    expect(after.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'));
    expect(parseJson(after.replace('\ufeff', ''))).toMatchObject({
      mcpServers: { 'amplify-backend': { command: SELF[0] } },
    });
    if (text.includes('//')) expect(after).toContain('// nothing yet');
  });

  it('removes its block from between others, and keeps their comments', async () => {
    const text = `{
  "mcpServers": {
    "a": {}, // a
    // about b
    "b": {}
  }
}
`;
    const { uninstall, read } = user({
      [CURSOR]: text.replace(
        '    // about b',
        '    "amplify-backend": { "command": "amplify-backend-mcp" },\n    // about b',
      ),
    });
    await uninstall('cursor');
    expect(read(CURSOR)).toBe(text);
  });

  it('goes into the nested member of opencode 2 if the file uses it', async () => {
    const name = '.config/opencode/opencode.json';
    const { install, uninstall, read } = user({
      [name]: '{ "mcp": { "servers": { "x": { "type": "local", "command": ["x"] } } } }',
    });
    await install('opencode');
    expect(parseJson(read(name))).toMatchObject({
      mcp: { servers: { x: {}, 'amplify-backend': { type: 'local', command: [...SELF], enabled: true } } },
    });
    await uninstall('opencode');
    expect(Object.keys((parseJson(read(name)) as { mcp: { servers: object } }).mcp.servers)).toEqual(['x']);
  });
});
