/**
 * The examples of deploy/ for Kubernetes and AWS, as far as a machine without either can try them: the schemas and linters
 * of each, the settings against the program, and the policies against what `iam-policy` prints.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import pkg from '../package.json' with { type: 'json' };
import { parseConfig } from '../src/cli/config.ts';
import { iamPolicy } from '../src/cli/iam-policy.ts';
import { servedOperations } from '../src/server/access.ts';
import { boardSignInOf } from '../src/server/board-documents.ts';
import { servedGuardActions, servedWorkflowActions } from '../src/server/served-actions.ts';
import { drainS, type Env, folder, read, root, settingsIn } from './support/deploy-files.ts';

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
    // No types of a browser, which take the compiler longest.
    const args = [...flags, '--lib', 'es2022', 'manifests.ts'];
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), args, {
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

  const templates = readdirSync(join(folder, 'aws')).map(name => join(folder, 'aws', name));
  // Started once, since its start alone takes a second of CPU. A shim of pyenv without the program behind it ends with 127.
  const { error, status, stdout } = spawnSync('cfn-lint', templates, { encoding: 'utf8' });
  const hasLinter = error === undefined && status !== 127;

  it.runIf(hasLinter)('has templates that cfn-lint takes (where cfn-lint is installed)', () => {
    expect([status, stdout]).toEqual([0, '']);
  });
});
