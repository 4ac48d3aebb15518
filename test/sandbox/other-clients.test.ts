/**
 * The AWS CLI and boto3, in every installed version, call every operation: they sign other headers and parse with other
 * code than the SDK. If a tool is not installed, the name of the skipped test says so.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { type OperationName, operations } from '../../src/sandbox/model.ts';
import { type OperationCase, operationCases, prepareWorld } from './operation-cases.ts';
import { startTestBed, type TestBed } from './support.ts';

const run = promisify(execFile);

const environment = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
  AWS_DEFAULT_REGION: sandboxRegion,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
  AWS_PAGER: '',
  NO_PROXY: '127.0.0.1',
};

interface Installed {
  readonly program: string;
  readonly version: string;
}

/**
 * Programs of a name on the path and in /usr/bin, by what the probe reports of them.
 * @param read the versions in what the probe writes, and the program itself where the one on the path only looks for it
 */
function installed(
  name: string,
  probe: readonly string[],
  read: (text: string) => { readonly versions: readonly string[]; readonly executable?: string | undefined },
): Installed[] {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  const byVersion = new Map<string, string>();
  // /bin may be a link to /usr/bin.
  const folders = new Set(directories.filter(existsSync).map(directory => realpathSync(directory)));
  for (const program of [...folders].map(folder => join(folder, name)).filter(existsSync)) {
    try {
      const text = execFileSync(program, probe, { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
      const { versions, executable = program } = read(text.toString().trim());
      for (const version of versions) if (!byVersion.has(version)) byVersion.set(version, executable);
    } catch {
      // A program that cannot be run is skipped.
    }
  }
  return [...byVersion].map(([version, program]) => ({ program, version }));
}

/** Prints where this Python is, and which of the two it has, a line each: what is installed is read, since importing takes ten times as long. */
const modulesProbe = `
import sys
from importlib import metadata
print(sys.executable)
for name, shown in (('boto3', 'boto3'), ('awscli', 'aws-cli')):
    try:
        print(shown + '/' + metadata.version(name))
    except metadata.PackageNotFoundError:
        pass
`;
const modules = installed('python3', ['-c', modulesProbe], text => {
  const [executable, ...versions] = text.split('\n');
  return { executable, versions };
});
const pythons = modules.filter(({ version }) => version.startsWith('boto3/'));
/** Pythons that can run an AWS CLI by its entry point. */
const cliPythons = modules.filter(({ version }) => version.startsWith('aws-cli/'));
const clis = installed('aws', ['--version'], text => ({ versions: text.split(' ').slice(0, 1) }));

/** Runs the commands on standard input with the AWS CLI's own entry point, and prints what each writes. */
const cliScript = `
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver
driver, outputs = create_clidriver(), []
for command in json.load(sys.stdin):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = driver.main(command)
    if code != 0:
        sys.exit(f'{command} ended with {code}')
    outputs.append(output.getvalue())
print(json.dumps(outputs))
`;

/** Runs commands of one AWS CLI: in one process where a Python has that version, since starting takes the longest. */
async function runAll(program: string, version: string, commands: readonly string[][]): Promise<string[]> {
  const python = cliPythons.find(other => other.version === version);
  if (python) {
    const child = run(python.program, ['-c', cliScript], { env: environment });
    child.child.stdin?.end(JSON.stringify(commands));
    return JSON.parse((await child).stdout) as string[];
  }
  const outputs: string[] = [];
  for (const command of commands) outputs.push((await run(program, command, { env: environment })).stdout);
  return outputs;
}

/** Makes the failing calls with a session token, then all calls without, and prints the answers. */
const script = `
import json, sys, boto3
from botocore.exceptions import ClientError
from botocore import xform_name
url, cases = sys.argv[1], json.load(sys.stdin)
for token in ('session-token', None):
    client = boto3.client('amplifybackend', endpoint_url=url, aws_session_token=token)
    results = {}
    for name, case in cases.items():
        call = getattr(client, xform_name(name))
        try:
            call(**case['failure']['input'])
            refused = 'nothing'
        except ClientError as error:
            refused = error.response['Error']['Code']
        answer = None
        if token is None:
            answer = call(**case['input'])
            del answer['ResponseMetadata']
        results[name] = {'refused': refused, 'answer': answer}
    print(json.dumps(results))
`;

async function prepared(): Promise<{ bed: TestBed; cases: Record<OperationName, OperationCase> }> {
  const bed = await startTestBed({ jobMs: 0, now: Date.now });
  return { bed, cases: operationCases(await prepareWorld(bed.client)) };
}

if (pythons.length === 0) it.skip('boto3: no python3 here can import it (Debian: python3-boto3)');
if (clis.length === 0) it.skip('AWS CLI: no aws command is installed (Debian: awscli)');

describe.each(pythons)('$version', ({ program }) => {
  it('calls every operation, and reads every error, with and without a session token', {
    timeout: 120_000,
  }, async () => {
    const { bed, cases } = await prepared();
    const child = run(program, ['-c', script, bed.url], { env: environment });
    child.child.stdin?.end(JSON.stringify(cases));
    const [tokened = '', plain = ''] = (await child).stdout.trim().split('\n');
    await bed.close();
    const [withToken, results] = [JSON.parse(tokened), JSON.parse(plain)];
    for (const name of operations.keys()) {
      expect(results[name].answer, name).toMatchObject(cases[name].answer);
      expect(results[name].refused, name).toBe(cases[name].failure.error);
      expect(withToken[name].refused, name).toBe(cases[name].failure.error);
    }
  });
});

// Those of different generations side by side: they spend their time on starting.
describe.concurrent.each(clis)('$version', ({ program, version }) => {
  let bed: TestBed;
  let cases: Record<OperationName, OperationCase>;
  beforeAll(async () => {
    ({ bed, cases } = await prepared());
  });
  afterAll(() => bed.close());

  it('calls every operation', { timeout: 300_000 }, async ({ expect }) => {
    const commands = [...operations.keys()].map(name => [
      'amplifybackend',
      name
        .replace('APIM', 'ApiM')
        .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
        .toLowerCase(),
      ...['--endpoint-url', bed.url, '--output', 'json'],
      ...['--cli-input-json', JSON.stringify(cases[name].input)],
    ]);
    const outputs = await runAll(program, version, commands);
    const answers = new Map(
      [...operations.keys()].map((name, at) => {
        const output = outputs[at]?.trim() ?? '';
        return [name, output === '' ? {} : JSON.parse(output)];
      }),
    );
    for (const name of operations.keys()) expect(answers.get(name), name).toMatchObject(cases[name].answer);
  });

  it('reads an error', async ({ expect }) => {
    const get = ['amplifybackend', 'get-backend', '--app-id', 'd1missing', '--endpoint-url', bed.url];
    await expect(run(program, get, { env: environment })).rejects.toMatchObject({
      stderr: expect.stringContaining('(NotFoundException)'),
    });
  });
});
