/** A comparison as Markdown: foreign text stays in its cell and in its code span, whichever program renders the Markdown. */
import { describe, expect, it } from 'vitest';
import { markdownOf } from '../../ui/markdown.ts';

const image = '![x](http://evil.example/p.png)';
const hostile = [
  `a\\| **pwn** ${image} | \``,
  `a\\\\| ${image}`,
  `\\`,
  `|`,
  '`` ` ``',
  `\\|\`${image}\`\\|`,
  `line\n| ${image}`,
  '<img src=x onerror=alert(1)> | \\|',
  '',
];

/** Where renderers end a cell: at a pipe after an even number of backslashes, or only at one without any before it. */
const endings = [
  (line: string) => line.match(/(?:[^|\\]|\\.)+/gu) ?? [],
  (line: string) => line.match(/(?:[^|]|(?<=\\)\|)+/gu) ?? [],
];

/** The text outside of code spans. */
function outsideOf(cell: string): string {
  let rest = cell;
  for (;;) {
    const [fence] = /`+/.exec(rest) ?? [];
    if (fence === undefined) return rest;
    const start = rest.indexOf(fence);
    const ends = [...rest.slice(start + fence.length).matchAll(/`+/g)];
    const end = ends.find(([run]) => run === fence);
    if (!end) return rest;
    rest = rest.slice(0, start) + rest.slice(start + fence.length + end.index + fence.length);
  }
}

const linesOf = (value: string) => {
  const differences = [
    { path: `auth/users/${value}`, is: 'different', left: value, right: `${value}!` },
  ] as const;
  const [difference] = differences;
  const rows = [{ resource: 'auth/users', setting: value, difference }];
  const comparison = { counts: { differences: 1 }, differences, same: [value] };
  return markdownOf({ comparison, rows, left: value, right: value }).split('\n');
};

describe('Markdown of a comparison', () => {
  it.each(hostile)('keeps %j in its cell and its code span', value => {
    const lines = linesOf(value);
    const rows = lines.filter(line => line.startsWith('|'));
    expect(rows).toHaveLength(3);
    for (const [at, row] of rows.entries())
      for (const cellsOf of endings) {
        const cells = cellsOf(row.slice(1, -1));
        expect(cells).toHaveLength(3);
        if (at !== 1)
          for (const cell of cells) expect(outsideOf(cell)).toMatch(/^(?:[\p{L}\p{N} ]|&#\d+;|—)*$/u);
      }
    const [head = ''] = lines;
    expect(outsideOf(head)).not.toMatch(/[![\]<>()]/);
    expect(outsideOf(lines.find(line => line.startsWith('Without')) ?? '')).not.toMatch(/[![\]<>()]/);
  });

  it('leaves harmless values unchanged', () => {
    expect(linesOf('a|b').at(4)).toBe('| `auth/users/a\\|b` | `a\\|b` | `a\\|b!` |');
  });
});
