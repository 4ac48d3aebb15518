/** What `read_board` answers. */
import { z } from 'zod';
import { jobShape, notes } from '../shared/output.ts';

/** `unknown`: it could not be read, or its stack has failed and this tool does not look for the affected resources. */
const health = z.enum(['ok', 'changing', 'failed', 'not deployed', 'unknown']);
export type Health = z.output<typeof health>;

const app = z.strictObject({
  appId: z.string().describe('App id'),
  name: z.string().optional().describe('App name'),
  target: z.string().optional().describe('Name of the configured account'),
});

const environment = z.strictObject({
  name: z.string().describe('Environment'),
  status: z.enum(['deployed', 'registered', 'unreadable']).describe('registered: never deployed'),
  health: health.describe('Of the whole environment'),
  stack: z
    .strictObject({
      name: z.string().describe('Stack name'),
      id: z.string().describe('Its ARN'),
      status: z.string().describe("CloudFormation's status"),
      means: z.string().describe('What the status means'),
    })
    .optional()
    .describe('Its root stack'),
  resources: z
    .array(
      z.strictObject({
        category: z.string().describe('auth, api, storage, function …'),
        name: z.string().describe('Resource name'),
        service: z.string().describe('AWS service'),
        health,
      }),
    )
    .describe('The first ones of each category'),
  moreResources: z.number().optional().describe('How many more there are'),
  error: z.string().optional().describe('Why it cannot be read'),
});

const { jobId, operation, uri, state } = jobShape;

const running = z.strictObject({
  environment: z.string().describe('Environment'),
  ...{ operation, jobId, uri, state },
  elapsedMs: z.number().optional().describe('Since its start, in milliseconds'),
  expectedMs: z.number().optional().describe('Typical duration of such jobs, in milliseconds'),
  progress: z.number().optional().describe('Percent; 100 only once AWS says that it succeeded'),
  text: z.string().describe('What it waits for'),
});

const failure = z.strictObject({
  environment: z.string().describe('Environment'),
  ...{ operation, jobId, uri },
  at: z.string().optional().describe('When it failed, ISO 8601'),
  reason: z.string().optional().describe("AWS's reason"),
});

export const output = z.strictObject({
  apps: z.array(app).optional().describe('The apps to choose from, where there are several'),
  app: app
    .extend({
      account: z.string().optional().describe('AWS account id, where it can be read'),
      region: z.string().optional().describe('AWS region'),
    })
    .optional()
    .describe('The app that is shown'),
  environments: z.array(environment).describe('Its environments'),
  moreEnvironments: z.array(z.string()).optional().describe('Names of those that are not shown'),
  running: z.array(running).describe('Jobs that have not ended'),
  failures: z.array(failure).describe('Jobs that failed within a week, newest first'),
  ttlMs: z.number().describe('When to read again, in milliseconds'),
  notes,
});

export type BoardAnswer = z.output<typeof output>;
export type BoardEnvironment = z.output<typeof environment>;
export type RunningJob = z.output<typeof running>;
export type FailedJob = z.output<typeof failure>;
