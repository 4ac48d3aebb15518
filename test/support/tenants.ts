/**
 * Two tenants of one server, each in an account of their own: ann, who has made something of everything, and ben, who
 * has all her handles in his hands. What he is answered for them is held to what he is answered for nobody's.
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
/** What names something of a tenant's. */
export interface Handles {
  readonly app: string;
  readonly environment: string;
  readonly job: string;
  /** Of a token of the Admin UI. */
  readonly session: string;
  readonly confirmation: string;
  readonly cursor: string;
  readonly task: string;
}

/** The same of nobody's. */
const nobodys: Handles = {
  ...{ app: 'd1nobodys', environment: 'nobodysqa', job: randomUUID(), session: randomUUID() },
  ...{ confirmation: 'nobodys', cursor: 'nobodys', task: 'nobodys' },
};

/** A server in the test's own process with ann, who has made something of everything, and ben. @param apps those that ben's rule lets him use */
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
  // Nobody looks after a job that is seen to have ended: what reaches her account then is somebody's doing.
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
  // In an account of his own the id of an app is no secret: what stands under it there is his.
  const nobody = apps ? nobodys : { ...nobodys, app: appId };
  let reached = 0;
  /** What has reached her account until now is not ben's doing. */
  const recount = async () => {
    reached = (await accounts.first.requests()).length;
  };
  await recount();

  /** Ben's answer for ann's is that for nobody's, and her account saw nothing of it. */
  async function expectNothing(what: string, ask: (handles: Handles) => Promise<unknown>): Promise<void> {
    const [hers, none] = [await ask(handles), await ask(nobody)];
    expect(withoutNames(hers, handles), what).toBe(withoutNames(none, nobody));
    expect(await accounts.first.requests(), what).toHaveLength(reached);
  }
  return { url, ann, ben, handles, expectNothing, recount };
}

/** An answer as far as it may not differ: without what was asked for, and what is never the same twice. */
function withoutNames(answer: unknown, handles: Handles): string {
  let text = JSON.stringify(answer);
  for (const [name, handle] of Object.entries(handles)) text = text.replaceAll(handle, `<${name}>`);
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/eyJ[\w.-]+/g, '<sealed>')
    .replaceAll(/(confirmationToken"?: ?"?)[\w-]+/g, '$1<sealed>')
    .replaceAll(/"(id|[\w./]+\/subscriptionId)":\d+/g, '<request>');
}

/** What a member of a tool's arguments is filled with, by its name. */
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

/** The least that fits a schema, and all that can be filled with a handle. */
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
