/** What is read from outputs that no service is known for: things in any form, of known services and of unknown ones. */
import { describe, expect, it } from 'vitest';
import { arn, heldTexts } from '../support/held-things.ts';
import { account, entries, metaOf, onlyResource } from '../support/metas.ts';

it('added outputs of a known service are read', async () => {
  const output = {
    ...entries.lambda.output,
    DeadLetters: arn('sqs', 'dead-dev'),
    nested: { At: [arn('sns', 'x-dev')] },
  };
  const { holds } = await onlyResource(metaOf({ function: { it: { service: 'Lambda', output } } }));
  expect(heldTexts(holds)).toEqual(expect.arrayContaining(['queue?: dead-dev', 'topic?: x-dev']));
});

describe('an output of a known service, in any form:', () => {
  const table = (name: string) => arn('dynamodb', `table/${name}`);
  it.each<[string, string, unknown, string[]]>([
    ['JSON in a text', 'Buckets', '["arn:aws:s3:::loaves"]', ['bucket?: loaves']],
    ['JSON in JSON', 'More', JSON.stringify({ a: '["arn:aws:s3:::loaves"]' }), ['bucket?: loaves']],
    [
      ...(['members of JSON', 'More', `{"bucketName":"loaves","x":"${table('rolls')}"}`] as const),
      ['bucket?: loaves', 'table?: rolls'],
    ],
    ['a list of names', 'Buckets', ['loaves', 'rolls'], ['bucket?: loaves', 'bucket?: rolls']],
    ['names and commas', 'BucketNames', 'loaves, rolls', ['bucket?: loaves', 'bucket?: rolls']],
    ['S3 by its own scheme', 'Where', 's3://loaves/p', ['bucket?: loaves']],
    ['S3 by a path', 'Where', 'https://s3.amazonaws.com/loaves/x', ['bucket?: loaves']],
    ['S3 of a region', 'Where', 'https://s3-us-west-2.amazonaws.com/loaves', ['bucket?: loaves']],
    ['S3 of a new region', 'Where', 'https://s3.eu-west-1.amazonaws.com/loaves?x', ['bucket?: loaves']],
    ['S3 by its host', 'Where', 'https://my.loaves.s3.eu-west-1.amazonaws.com/x', ['bucket?: my.loaves']],
    ['blanks around', 'It', ' arn:aws:s3:::loaves\n', ['bucket?: loaves']],
    ['commas', 'It', `${table('a')},${table('b')}`, ['table?: a', 'table?: b']],
    ['commas and blanks', 'It', `${table('a')}, ${table('b')}`, ['table?: a', 'table?: b']],
    [
      'other signs',
      'It',
      `${table('a')};${table('b')}|${table('c')}`,
      ['table?: a', 'table?: b', 'table?: c'],
    ],
    ['lines', 'It', `${table('a')}\n${table('b')}`, ['table?: a', 'table?: b']],
    ['an ARN in a text', 'It', `the table=${table('a')} is mine`, ['table?: a']],
    ['only that', 'It', `table=${table('a')}`, ['table?: a']],
    [
      'a role with a comma',
      'It',
      `arn:aws:iam::${account}:role/a,b`,
      [`role?: arn:aws:iam::${account}:role/a,b`],
    ],
    [
      ...(['many of them', 'It', Array.from({ length: 99 }, (_, at) => table(`t${at}`)).join(',')] as const),
      Array.from({ length: 99 }, (_, at) => `table?: t${at}`),
    ],
    [
      'a key',
      'KmsKeyId',
      '0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0',
      ['encryption key?: 0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0'],
    ],
    ['a log group', 'LogGroupName', '/aws/lambda/x', ['log group?: /aws/lambda/x']],
    ['a state machine', 'StateMachineName', 'knead', ['state machine?: knead']],
    ['a repository', 'RepositoryName', 'ovens', ['repository?: ovens']],
    ['a network', 'VpcId', 'vpc-1', ['network?: vpc-1']],
    ['nothing in a sentence', 'Note', 'bread, and rolls', []],
    [
      ...(['names among ARNs', 'TableNames', `orders-dev,${table('users-dev')}, cart-dev`] as const),
      ['table?: orders-dev', 'table?: users-dev', 'table?: cart-dev'],
    ],
  ])('%s', async (_, name, value, holds) => {
    const output = { [name]: value };
    expect(
      heldTexts((await onlyResource(metaOf({ function: { it: { service: 'Lambda', output } } }))).holds),
    ).toEqual(holds);
  });

  it.each(['Lambda', 'NobodyKnows'])('things of several kinds that have one name, of %s', async service => {
    const output = { BucketName: 'media-dev', TableName: 'media-dev', QueueName: 'media-dev' };
    const more = { QueueArn: arn('sqs', 'media-dev'), Other: 'media-dev' };
    const meta = metaOf({ function: { it: { service, output: { ...output, ...more } } } });
    expect(heldTexts((await onlyResource(meta)).holds)).toEqual(
      expect.arrayContaining(['bucket?: media-dev', 'table?: media-dev', 'queue?: media-dev']),
    );
  });

  it('nothing in very deeply nested JSON', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const { holds } = await onlyResource(
      metaOf({ function: { it: { service: 'Lambda', output: { deep } } } }),
    );
    expect(holds).toEqual([]);
  });
});

it('a resource without a service is of an unknown one, and shown with all that it names', async () => {
  const entry = { output: { BucketArn: 'arn:aws:s3:::loaves' } };
  const resource = await onlyResource(metaOf({ odd: { it: entry } }));
  expect(resource).toMatchObject({ service: 'unknown', knownAs: 'arn:aws:s3:::loaves' });
  expect(heldTexts(resource.holds)).toEqual(['bucket?: loaves']);
});
