/**
 * Two tenants of one server, each with a separate AWS account. Ann has created something of every kind; ben knows all of her
 * handles. The server must answer ben for ann's handles exactly as for handles that do not exist.
 */
import { randomUUID } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import { appId, on } from '../scenarios/cases/case.ts';
import type { Accounts } from './accounts.ts';
import type { Json } from './child.ts';
import { hostInProcess } from './in-process.ts';
import { startIssuer } from './issuer.ts';
import { overHttp } from './message-client.ts';
import type { AtEnd } from './share.ts';

const resource = 'https://mcp.example/mcp';
const all = 'amplify:read amplify:write amplify:destroy';
const callers = {
  anns: { when: { tenant: 'acme' }, target: 'anns' },
  bens: { when: { tenant: 'umbrella' }, target: 'bens' },
};
/** The ids and tokens that name what a tenant has. */
export interface Handles {
  readonly app: string;
  readonly environment: string;
  readonly job: string;
  /** The session id of a token of the Admin UI. */
  readonly session: string;
  readonly confirmation: string;
  readonly cursor: string;
  readonly task: string;
}

/** Handles of things that do not exist. */
const nobodys: Handles = {
  ...{ app: 'd1nobodys', environment: 'nobodysqa', job: randomUUID(), session: randomUUID() },
  ...{ confirmation: 'nobodys', cursor: 'nobodys', task: 'nobodys' },
};

/** Starts a server in the test's own process, and lets ann create something of every kind. @param apps the apps that ben's rule allows */
export async function enterTenants(
  accounts: Accounts,
  apps?: readonly string[],
  atEnd: AtEnd = onTestFinished,
) {
  await Promise.all([accounts.first.reset(), accounts.second.reset()]);
  const issuer = await startIssuer(atEnd);
  const sign = await issuer.addKey('one');
  const targets = {
    anns: { roleArn: sandboxRoles.admin.arn, region: 'us-east-1' },
    bens: { roleArn: sandboxRoles.otherAdmin.arn, region: 'us-east-1', ...(apps && { apps }) },
  };
  const flags = [
    ...['--issuer', issuer.issuer, '--public-url', resource, '--caller-requests-per-minute', '100000'],
    ...['--targets', JSON.stringify(targets), '--callers', JSON.stringify(callers)],
  ];
  const { url } = await hostInProcess(accounts.env, flags, atEnd);
  const enter = async (sub: string, tenant: string) => {
    const claims = { iss: issuer.issuer, aud: resource, sub, tenant, scope: all };
    const token = await sign({ ...claims, exp: Math.floor(Date.now() / 1000) + 600 });
    const { ask, listen } = overHttp(url, token);
    const call = (name: string, args: Json) => ask('tools/call', { name, arguments: args });
    return { token, ask, listen, call };
  };
  const [ann, ben] = [await enter('canary-ann', 'acme'), await enter('ben', 'umbrella')];
  const contentOf = async (name: string, args: Json) =>
    (await ann.call(name, args)).result.structuredContent as Json;

  const environment = 'canaryqa';
  const { result: begun } = await ann.call(
    'clone_backend',
    on('dev', { targetEnvironmentName: environment }),
  );
  accounts.first.finishJobs();
  // The server no longer polls a job that has ended. From then on, every request to ann's account comes from a call.
  const { jobs } = await contentOf('list_backend_jobs', on(environment));
  const [{ jobId }] = jobs as [Json];
  await contentOf('get_backend_job', on(environment, { jobId }));
  const isOver = async () => (await ann.ask('tasks/get', { taskId: begun.taskId })).result.status;
  await expect.poll(isOver).toBe('completed');
  const { sessionId } = await contentOf('create_token', { appId });
  const { nextToken } = await contentOf('list_backend_jobs', on('dev', { maxResults: 7 }));
  const { confirmationToken } = await contentOf('delete_backend', on(environment));
  const handles = {
    ...{ app: appId, environment, job: jobId, session: sessionId },
    ...{ confirmation: confirmationToken, cursor: nextToken, task: begun.taskId },
  } as Handles;
  for (const handle of Object.values(handles)) expect(handle).toMatch(/\w/);
  // Both accounts have an app with this id, so ben may use the id: in his account it names his own app.
  const nobody = apps ? nobodys : { ...nobodys, app: appId };
  let reached = 0;
  /** Counts the requests to ann's account so far, none of which ben has caused. */
  const recount = async () => {
    reached = (await accounts.first.requests()).length;
  };
  await recount();

  /** Expects that ben gets the same answer for ann's handles as for ones that do not exist, and that no request reaches her account. */
  async function expectNothing(what: string, ask: (handles: Handles) => Promise<unknown>): Promise<void> {
    const [hers, none] = [await ask(handles), await ask(nobody)];
    expect(withoutNames(hers, handles), what).toBe(withoutNames(none, nobody));
    expect(await accounts.first.requests(), what).toHaveLength(reached);
  }
  return { url, ann, ben, handles, expectNothing, recount };
}

/** The part of an answer that must be equal: without the handles, and without ids that are always new. */
function withoutNames(answer: unknown, handles: Handles): string {
  let text = JSON.stringify(answer);
  for (const [name, handle] of Object.entries(handles)) text = text.replaceAll(handle, `<${name}>`);
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/eyJ[\w.-]+/g, '<sealed>')
    .replaceAll(/(confirmationToken"?: ?"?)[\w-]+/g, '$1<sealed>')
    .replaceAll(/"(id|[\w./]+\/subscriptionId)":\d+/g, '<request>');
}

/** The values for members of a tool's arguments, by their names. */
const fillings: Readonly<Record<string, (handles: Handles) => unknown>> = {
  app: ({ app }) => app,
  appId: ({ app }) => app,
  backendEnvironmentName: ({ environment }) => environment,
  environment: ({ environment }) => environment,
  from: ({ environment }) => environment,
  left: ({ environment }) => environment,
  right: () => 'prod',
  jobId: ({ job }) => job,
  sessionId: ({ session }) => session,
  confirmationToken: ({ confirmation }) => confirmation,
  nextToken: ({ cursor }) => cursor,
  tool: () => 'get_backend',
  arguments: ({ app }) => ({ appId: app }),
};

/** The smallest arguments that fit a schema, plus every member that can hold a handle. */
export function sample(schema: Json, handles: Handles): unknown {
  const { type, properties = {}, required = [], enum: values, anyOf, minimum = 1, items } = schema;
  if (Array.isArray(values)) return values[0];
  if (Array.isArray(anyOf)) return sample(anyOf[0] as Json, handles);
  if (type === 'array') return [sample(items as Json, handles)];
  if (type === 'integer') return minimum;
  if (type === 'boolean') return false;
  if (type !== 'object') return 'freshqa';
  const members = Object.entries(properties as Record<string, Json>).flatMap(([name, member]) => {
    const filling = fillings[name];
    if (filling) return [[name, filling(handles)]];
    return (required as string[]).includes(name) ? [[name, sample(member, handles)]] : [];
  });
  return Object.fromEntries(members);
}
