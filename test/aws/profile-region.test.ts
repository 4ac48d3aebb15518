/** Where the region comes from: the environment's variables in their order, then the profile. */
import { expect, it } from 'vitest';
import { findRegion } from '../../src/aws/profiles.ts';
import { startAwsHome } from './support.ts';

it.each([
  [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-west-2' }, 'eu-west-1', 'AWS_REGION'],
  [{ AWS_REGION: '', AWS_DEFAULT_REGION: 'us-west-2' }, 'us-west-2', 'AWS_DEFAULT_REGION'],
  [{ AWS_REGION: ' ', AWS_DEFAULT_REGION: '' }, 'eu-north-1', 'the AWS profile "default"'],
])('the region is found with %j', async (env, region, source) => {
  startAwsHome(env).config('[default]\nregion = eu-north-1\n');
  expect(await findRegion(undefined)).toEqual({ region, source });
});
