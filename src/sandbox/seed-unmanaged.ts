/** The resources of the seeded environments that AmplifyBackend does not manage: one of each common service. */

import { seedNames } from './seed-settings.ts';
import type { UnmanagedResource } from './unmanaged-resources.ts';

const webhook = `function/${seedNames.webhook}`;

/** The resources that `dev` and `prod` share; ids and the layer's version differ. */
const shared = (name: string, layerVersion: number): readonly UnmanagedResource[] => [
  {
    ...{ category: 'auth', name: 'userPoolGroups', service: 'Cognito-UserPool-Groups' },
    ...{ groups: ['staff', 'customers'], dependsOn: [`auth/${seedNames.auth}`] },
  },
  {
    ...{ category: 'api', name: seedNames.rest, service: 'API Gateway' },
    ...{ id: `${name}rest`.padEnd(10, '0'), dependsOn: [webhook] },
  },
  { category: 'storage', name: seedNames.table, service: 'DynamoDB' },
  {
    ...{ category: 'function', name: seedNames.webhook, service: 'Lambda' },
    dependsOn: [`function/${seedNames.layer}`, `storage/${seedNames.table}`],
  },
  { category: 'function', name: seedNames.layer, service: 'LambdaLayer', version: layerVersion },
  {
    ...{ category: 'analytics', name: seedNames.analytics, service: 'Pinpoint' },
    id: `${name}analytics`.padEnd(32, '0'),
  },
];

/** The resources of `dev`, which also has a function and hosting of its own. */
export const devUnmanaged: readonly UnmanagedResource[] = [
  { category: 'function', name: seedNames.function, service: 'Lambda' },
  ...shared('dev', 3),
  { category: 'hosting', name: seedNames.hosting, service: 'amplifyhosting' },
];

/** The resources of `prod`, whose layer is one version older. */
export const prodUnmanaged: readonly UnmanagedResource[] = shared('prod', 2);
