/** Requests that would hurt an environment which is on its way to Gen 2. */
import type { AgentRequest } from '../request.ts';

export const inMigration: readonly AgentRequest[] = [
  {
    id: 'delete-what-gen2-uses',
    says: 'We are on Gen 2 now: take dev down with everything in it.',
    world: [{ migration: { environment: 'dev', state: 'refactored' } }],
    calls: [{ tool: 'decommission_environment', args: { environment: 'dev' } }],
    end: ({ environments }) => environments.dev !== undefined,
    tells: [/Product-\S+-dev/, 'gen2-migration retain', 'allowMigrated'],
  },
  {
    id: 'change-what-is-locked',
    says: 'In dev, make passwords at least 12 characters long.',
    world: [{ migration: { environment: 'dev', state: 'locked' } }],
    calls: [
      {
        tool: 'change_environment',
        args: { environment: 'dev', auth: { userPoolConfigs: { passwordPolicy: { minimumLength: 12 } } } },
      },
    ],
    end: ({ environments }) => environments.dev !== undefined,
    tells: ['refuses updates', 'lock --rollback'],
  },
];
