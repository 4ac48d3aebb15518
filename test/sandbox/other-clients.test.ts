/**
 * The AWS CLI and boto3, in every installed version, call every operation: they sign other headers and parse with other
 * code than the SDK. If a tool is not installed, the name of the skipped test says so.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
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

/** Each folder of the path, and /usr/bin, once: /bin may be a link to it. */
const folders = new Set(
  [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
    .filter(existsSync)
    .map(directory => realpathSync(directory)),
);

/** What the program of a name in a folder writes; undefined where there is none that can be run. */
function written(folder: string, name: string, args: readonly string[]): string | undefined {
  const program = join(folder, name);
  if (!existsSync(program)) return undefined;
  try {
    const text = execFileSync(program, args, { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
    return text.toString().trim();
  } catch {
    return undefined;
  }
}

/** One of each version, in the order of the path. */
const oneOfEach = (all: readonly Installed[]): Installed[] =>
  [...new Map(all.toReversed().map(one => [one.version, one])).values()].toReversed();

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
const modulesIn = new Map(
  [...folders].map((folder): [string, Installed[]] => {
    const [program = '', ...versions] = written(folder, 'python3', ['-c', modulesProbe])?.split('\n') ?? [];
    return [folder, versions.map(version => ({ program, version }))];
  }),
);
const modules = oneOfEach([...modulesIn.values()].flat());
const pythons = modules.filter(({ version }) => version.startsWith('boto3/'));
/** Pythons that can run an AWS CLI by its entry point. */
const cliPythons = modules.filter(({ version }) => version.startsWith('aws-cli/'));

/** Whether the `aws` beside a Python is a script of its own: the script's first line names the Python that runs it. */
function hasOwnCli(python: string): boolean {
  const script = join(dirname(python), 'aws');
  if (!existsSync(script)) return false;
  const [, runBy = ''] = /^#!(\/\S+)/.exec(readFileSync(script, 'utf8')) ?? [];
  return existsSync(runBy) && realpathSync(runBy) === realpathSync(python);
}

/** The AWS CLI in a folder. One that is a script of the Python there has its version; asking another one takes as long as a call. */
function cliIn(folder: string): Installed[] {
  const own = modulesIn.get(folder)?.find(({ version }) => version.startsWith('aws-cli/'));
  if (own && existsSync(join(folder, 'aws')) && hasOwnCli(own.program))
    return [{ ...own, program: join(dirname(own.program), 'aws') }];
  const [version] = written(folder, 'aws', ['--version'])?.split(' ') ?? [];
  return version === undefined ? [] : [{ program: join(folder, 'aws'), version }];
}
const clis = oneOfEach([...folders].flatMap(cliIn));

/** What a command came to. */
interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the commands on standard input with the AWS CLI's own entry point, and prints what each came to. */
const cliScript = `
import contextlib, io, json, sys
from awscli.clidriver import create_clidriver
driver, ran = create_clidriver(), []
for command in json.load(sys.stdin):
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        code = driver.main(command)
    ran.append({'code': code, 'stdout': stdout.getvalue(), 'stderr': stderr.getvalue()})
print(json.dumps(ran))
`;

/** Runs commands of one AWS CLI: in one process where a Python has that version, since starting takes the longest. */
async function runAll(program: string, version: string, commands: readonly string[][]): Promise<Ran[]> {
  const python = cliPythons.find(other => other.version === version);
  if (python) {
    const child = run(python.program, ['-c', cliScript], { env: environment });
    child.child.stdin?.end(JSON.stringify(commands));
    return JSON.parse((await child).stdout) as Ran[];
  }
  const ran: Ran[] = [];
  for (const command of commands)
    ran.push(
      await run(program, command, { env: environment }).then(
        output => ({ code: 0, ...output }),
        (failed: Ran) => failed,
      ),
    );
  return ran;
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
  let cases: Record<OperationName, OperationCase>;
  /** What each operation came to, and last of all a call that fails. */
  let ran: Ran[];
  beforeAll(async () => {
    const { bed, cases: ready } = await prepared();
    cases = ready;
    const where = ['--endpoint-url', bed.url, '--output', 'json'];
    const commands = [...operations.keys()].map(name => [
      'amplifybackend',
      name
        .replace('APIM', 'ApiM')
        .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
        .toLowerCase(),
      ...where,
      ...['--cli-input-json', JSON.stringify(cases[name].input)],
    ]);
    const failing = ['amplifybackend', 'get-backend', '--app-id', 'd1missing', ...where];
    ran = await runAll(program, version, [...commands, failing]);
    await bed.close();
  }, 300_000);

  it('calls every operation', ({ expect }) => {
    for (const [at, name] of [...operations.keys()].entries()) {
      const { code, stdout = '' } = ran[at] ?? {};
      expect(code, name).toBe(0);
      expect(stdout.trim() === '' ? {} : JSON.parse(stdout), name).toMatchObject(cases[name].answer);
    }
  });

  it('reads an error', ({ expect }) => {
    const { code, stderr } = ran.at(-1) ?? {};
    expect(code).not.toBe(0);
    expect(stderr).toContain('(NotFoundException)');
  });
});
