import { describe, expect, it } from 'vitest';
import { findDenial } from '../../src/lib/access-denial.ts';

const who =
  'User: arn:aws:sts::111122223333:assumed-role/x/y is not authorized to perform: amplifybackend:CloneBackend';

describe('what denied a call', () => {
  it.each([
    ['with an explicit deny in a service control policy', /service control policy/],
    [
      'with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1',
      /service control policy/,
    ],
    ['because no service control policy allows the amplifybackend:CloneBackend action', /service control/],
    ['with an explicit deny in a resource control policy', /resource control policy/],
    ['because no permissions boundary allows the amplifybackend:CloneBackend action', /permissions boundary/],
    ['with an explicit deny in a permissions boundary', /permissions boundary/],
    ['because no session policy allows the amplifybackend:CloneBackend action', /session/],
    ['because no VPC endpoint policy allows the amplifybackend:CloneBackend action', /VPC endpoint/],
    ['with an explicit deny in an identity-based policy', /denies it explicitly/],
    ['with an explicit deny in a resource-based policy', /denies it explicitly/],
  ])('%s', (words, by) => {
    expect(findDenial(`${who} ${words}`)?.by).toMatch(by);
  });

  it.each([
    'because no identity-based policy allows the amplifybackend:CloneBackend action',
    'because no resource-based policy allows the amplifybackend:CloneBackend action',
    'on resource: arn:aws:amplifybackend:us-east-1:1:service-control-policy',
    '',
  ])('is a grant that is missing: %s', words => {
    expect(findDenial(`${who} ${words}`)).toBeUndefined();
  });
});
