/** Names that occur twice in an amplify-meta: the last one counts, and every reader sees a note. */
import { describe, expect, it } from 'vitest';
import { findRepeatedNames } from '../../src/environment/repeated-names.ts';
import { readable } from '../support/metas.ts';

const bucket = (name: string) => `{"service": "S3", "output": {"BucketName": "${name}"}}`;

describe('repeated names', () => {
  it.each<[string, string, string[]]>([
    ['none', '{"a": {"b": 1, "c": {"b": 2}}, "b": {"b": 3}}', []],
    ['resources', '{"storage": {"photos": {}, "files": {}, "photos": {}}}', ['storage/photos, named twice']],
    ['resources, often', '{"a": {"b": {}, "b": {}, "b": {}}}', ['a/b, named twice']],
    ['categories', '{"storage": {"a": {}}, "api": {}, "storage": {}}', ['storage/*, named twice']],
    ['however they are written', '{"a": {"photo\\u0073" : {}, "photos":{}}}', ['a/photos, named twice']],
    ['one name under two categories is no such', '{"a": {"x": {}}, "b": {"x": {}}}', []],
    ['below resources is not looked at', '{"a": {"x": {"y": 1, "y": 2}}}', []],
    ['texts are no names', '{"a": {"x": "\\"x\\": {}, {", "y": ["x", {"x": 1}], "z": "x"}}', []],
    ['names of every object', '{"__proto__": {"constructor": {}}, "toString": {}}', []],
  ])('%s', (_, text, labels) => {
    expect(JSON.parse(text)).toBeTypeOf('object');
    expect(findRepeatedNames(text)).toEqual(labels);
  });

  it('are found in a very deeply nested text', () => {
    const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
    expect(findRepeatedNames(`{"a": {"x": ${deep}, "x": 1}}`)).toEqual(['a/x, named twice']);
  });
});

it('a meta that names a resource twice says so, also when it is read again', async () => {
  const text = `\ufeff{"storage": {"photos": ${bucket('one')}, "photos": ${bucket('two')}}}`;
  const first = await readable(text);
  expect(first.resources).toMatchObject([{ label: 'storage/photos', outputs: { BucketName: 'two' } }]);
  for (const { unreadableEntries } of [first, await readable(first.meta)])
    expect(unreadableEntries).toEqual(['storage/photos, named twice']);
});
