/** Declarations of an environment `qa`, and what exists of one as tests change it. */
import type { Json } from '../../../src/lib/json.ts';
import { type Declaration, fromDeclaration } from '../../../src/tools/provision-environment/declaration.ts';
import type { WantedResource } from '../../../src/tools/provision-environment/wanted.ts';
import type { FoundResource } from '../../../src/tools/shared/snapshot/read.ts';

export const ref = { appId: 'd1shop', backendEnvironmentName: 'qa' };
export const schema = 'type Note @model { id: ID! }';
export const declare = (declared: Declaration, appName = 'Shop 24!') =>
  fromDeclaration(declared, { appName, environment: 'qa', hasUsers: declared.auth !== undefined });

/** The resource as wanted, but for the change of its settings. */
export const there = (
  resource: WantedResource | undefined,
  change: (config: Json) => Json = config => config,
) =>
  ({
    resourceName: resource?.resourceName,
    isImported: false,
    outputs: { UserPoolId: 'us-east-1_Pool' },
    resourceConfig: change(resource?.resourceConfig ?? {}),
  }) as FoundResource;
