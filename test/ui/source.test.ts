/** The source of the page: nothing in it can turn a text into markup or code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../ui/', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));

/** Ways from a text to markup, code or an address. */
const DANGEROUS =
  /\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc|\beval\(|new Function|setHTML|\.href\s*=|\.src\s*=|createElement\(['"](?:a|script|iframe|img|object|embed|style|link)['"]/;

it.each(files)('%s turns no text into markup, code or an address', name => {
  expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(DANGEROUS);
});

it('opens only pages of the AWS console, in the way that each host provides', () => {
  const opening = (call: RegExp) =>
    files.filter(name => call.test(readFileSync(join(folder, name), 'utf8'))).sort();
  expect(opening(/\.openLink\(/)).toEqual(['console.ts']);
  expect(opening(/window\.open\(/)).toEqual(['http-host.ts']);
});

it('the rules find planted violations', () => {
  for (const planted of ['node.innerHTML = name', "el.insertAdjacentHTML('x', y)", 'eval(x)', 'a.href = x'])
    expect(planted).toMatch(DANGEROUS);
});
