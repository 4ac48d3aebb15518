/** What the seeded environments have beside what AmplifyBackend manages: as real apps do, of each common service one. */

import { seedNames } from './seed-settings.ts';
import type { UnmanagedResource } from './unmanaged-resources.ts';

const webhook = `function/${seedNames.webhook}`;

/** In `dev` and `prod` alike, but for ids and the layer's version. */
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

/** Of `dev`, which also has a function and hosting of its own. */
export const devUnmanaged: readonly UnmanagedResource[] = [
  { category: 'function', name: seedNames.function, service: 'Lambda' },
  ...shared('dev', 3),
  { category: 'hosting', name: seedNames.hosting, service: 'amplifyhosting' },
];

/** Of `prod`, whose layer is a version behind. */
export const prodUnmanaged: readonly UnmanagedResource[] = shared('prod', 2);
