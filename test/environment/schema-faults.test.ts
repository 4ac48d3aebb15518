/** What is wrong with a schema that parses. */
import { expect, it } from 'vitest';
import { findSchemaFaults, newSchemaFaults } from '../../src/environment/schema-faults.ts';

const faultsOf = async (text: string) => {
  const found = await findSchemaFaults(text);
  return 'value' in found ? found.value : { faults: [found.unreadable], doubts: [] };
};

it.each([
  ['a type that does not exist', 'type A { id: Foo }', 'A uses Foo, but there is no such type.'],
  ['in a list', 'type A { id: [Foo!]! }', 'A uses Foo'],
  ['in an argument', 'type A { id(of: Foo): ID }', 'A uses Foo'],
  ['as an interface', 'type A implements Foo { id: ID }', 'A uses Foo'],
  ['in a union', 'union A = Foo', 'A uses Foo'],
  ['in an extension', 'type A { a: ID } extend type A { b: Unknown! }', 'A uses Unknown'],
  ['in a fragment', 'type A { a: ID } fragment F on Foo { a }', '"fragment F" uses Foo'],
  ['as the operations', 'schema { query: Foo }', 'schema uses Foo'],
  ['two definitions', 'type A { a: ID } type B { b: ID } enum A { X }', 'A is defined more than once.'],
  ['a field twice', 'type A { a: ID a: Int }', 'A has a twice.'],
  ['a field that an extension repeats', 'type A { a: ID } extend type A { a: ID }', 'A has a twice.'],
  ['a value twice', 'enum A { X X }', 'A has X twice.'],
  ['no fields', 'type Q', 'Q has no fields.'],
  ['an extension of nothing', 'extend type A { a: ID }', 'A is extended, but not defined.'],
])('finds %s', async (_, text, fault) => {
  const { faults } = await faultsOf(text);
  expect(faults).toEqual([expect.stringContaining(fault)]);
});

it.each([
  ['scalars', 'type A { a: AWSDateTime! b: [AWSJSON] c: Float d: MyOwn } scalar MyOwn'],
  [
    'what Amplify generates',
    'type A @model { a: ID } extend type Query { all(filter: ModelAFilterInput, by: ModelSortDirection): ModelAConnection } input B { a: CreateAInput c: CInput } type C { a: SearchableASortableFields }',
  ],
  ['fields from an extension', 'type A extend type A { a: ID }'],
  ['names that every object has', 'type constructor { toString: constructor }'],
  [
    'both generations of directives',
    'type A @model @key(fields: ["a"]) @searchable @auth(rules: [{ allow: owner }]) { a: ID @index @deprecated b: [A] @hasMany @aws_iam }',
  ],
])('finds nothing wrong with %s', async (_, text) => {
  expect(await faultsOf(text)).toEqual({ faults: [], doubts: [] });
});

it('doubts directives that Amplify does not have', async () => {
  expect(await faultsOf('type A @modle { a: ID }')).toEqual({
    faults: [],
    doubts: [expect.stringContaining('@modle (on A) is not a directive of Amplify')],
  });
  expect((await faultsOf('directive @x on OBJECT')).doubts).toEqual([
    'The schema defines the directive x: Amplify acts on its own directives only.',
  ]);
});

it('leaves out what was wrong before', async () => {
  const before = 'type A { a: Old } type C { a: Old } type D { a: ID } type D { a: ID } type D { a: ID }';
  const found = await newSchemaFaults(before, `${before} type B { b: New }`);
  expect(found).toEqual({ value: { faults: [expect.stringContaining('B uses New')], doubts: [] } });
  // What becomes less wrong is not new.
  const less = await newSchemaFaults(before, 'type A { a: Old } type D { a: ID } type D { a: ID }');
  expect(less).toEqual({ value: { faults: [], doubts: [] } });
});
