/**
 * The prompts: the most frequent requests, which hosts offer in their menus. Each states the goal and how to reach it. What
 * a person fills in is inserted as quoted data.
 */
import { type McpServer, type Prompt, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { Reader } from '../call/read-across-targets.ts';
import type { EnvironmentRef } from '../jobs/job.ts';
import { quote, quoteNames } from '../lib/quote.ts';
import type { Directory } from './directory.ts';
import { namesIn } from './mentions.ts';
import type { Surface } from './surface.ts';

/** The names that complete an argument: the apps, the environments of the app, or the jobs of the environment. */
export type Completes = 'app' | 'environment' | 'job';

/** An argument of a prompt. */
interface PromptArgument {
  readonly name: string;
  readonly description: string;
  readonly isOptional?: true;
  readonly completes?: Completes;
}

/** A prompt, with the text that it sends. */
interface PromptDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly PromptArgument[];
  /** The text, with `{argument}` in place of each argument. */
  readonly text: string;
  /** Whether the runbook of the environment's migration, read from the cloud, follows the text. */
  readonly hasRunbook?: true;
}

/** The runbook of an environment's migration to Gen 2. @param branch the Gen 2 branch, if it is known */
export type PlanMigration = (
  environment: EnvironmentRef,
  branch: string | undefined,
  reader: Reader,
) => Promise<string>;

const app: PromptArgument = {
  name: 'app',
  description: 'App, by id or name; not needed where there is one',
  isOptional: true,
  completes: 'app',
};
const environment: PromptArgument = {
  name: 'environment',
  description: 'Environment, e.g. dev',
  completes: 'environment',
};

const promptDefinitions: readonly PromptDefinition[] = [
  {
    name: 'clone',
    title: 'Clone an environment',
    description: 'Copies an environment to a new one and verifies the copy',
    arguments: [
      app,
      { ...environment, name: 'from', description: 'Environment to copy' },
      { name: 'to', description: 'Name of the new environment: 2 to 10 lower-case letters' },
    ],
    text: 'Clone the environment {from} of the app {app} to {to}. Call clone_environment, and repeat the call with the same arguments until it has ended. Then tell me the verdict, what differs, and what to do next. If it went wrong, find out why with explain_job before you suggest anything.',
  },
  {
    name: 'status',
    title: 'Status of an environment',
    description: 'What an environment has, its state, and what runs',
    arguments: [app, environment],
    text: 'What is the state of the environment {environment} of the app {app}? Call describe_environment and tell me in a few lines: whether it is deployed or only registered, its resources, what runs or failed recently, and where AWS contradicts itself.',
  },
  {
    name: 'provision',
    title: 'Set up an environment',
    description: 'Creates a new environment with sign-in, API and storage',
    arguments: [
      app,
      { name: 'environment', description: 'Name of the new environment: 2 to 10 lower-case letters' },
      {
        name: 'wishes',
        description: 'What it should have, in your words, e.g. sign-in by email and file uploads',
        isOptional: true,
      },
    ],
    text: 'Set up the environment {environment} in the app {app} with provision_environment. It should have: {wishes}. First show me what dryRun returns, and wait for my yes. Then call it, repeat the call with the same arguments until it has ended, and tell me what was created, what was left unchanged, and what differs.',
  },
  {
    name: 'import_pool',
    title: 'Use an existing user pool',
    description: 'Connects an existing Cognito user pool to an environment',
    arguments: [
      app,
      environment,
      { name: 'userPoolId', description: 'User pool id, e.g. us-east-1_AbCdEfGhI', isOptional: true },
    ],
    text: 'I want the environment {environment} of the app {app} to use an existing Cognito user pool: {userPoolId}. First check whether the environment already has auth; if so, stop and tell me. import_backend_auth needs the user pool id and the ids of a web and a native client, and perhaps an identity pool: ask me for what is missing, and do not guess. Show me what dryRun returns and wait for my yes. The pool remains mine: nothing may delete it.',
  },
  {
    name: 'decommission',
    title: 'Take an environment down',
    description: 'Deletes an environment after an inventory, and proves that nothing is left',
    arguments: [app, environment],
    text: 'Take the environment {environment} of the app {app} down with decommission_environment. First show me what is deleted and what remains, with the account and the region, exactly as in the plan. Continue only when I confirm it. Repeat the call until it has ended, and then tell me what was deleted and what was left behind.',
  },
  {
    name: 'what_failed',
    title: 'Why did it fail?',
    description: 'Finds out why a job failed or hangs',
    arguments: [
      app,
      environment,
      { name: 'jobId', description: 'Job id; the latest one otherwise', isOptional: true, completes: 'job' },
    ],
    text: "Something went wrong with the environment {environment} of the app {app}. The job: {jobId}. If no job is named, find the latest one that failed or hangs with describe_environment. Call explain_job and tell me what happened in AWS's own words, the likely cause with its evidence, and what to do. If AWS gives no reason, say so. Change nothing.",
  },
  {
    name: 'plan_migration',
    title: 'Plan the way to Gen 2',
    description:
      'The runbook from Gen 1 to Gen 2 for one environment, with its ids, commands and the step where it stands',
    arguments: [
      app,
      environment,
      { name: 'branch', description: 'Gen 2 branch, e.g. gen2-main, if there is one', isOptional: true },
    ],
    text: 'I want to bring the environment {environment} of the app {app} from Amplify Gen 1 to Gen 2. Below is the runbook, with the branch and the step where it stands, as read just now. Tell me where we are and do the next step with me, and no other: call its tools, show me what they say, and let me run its commands myself. Never skip the rehearsal or a proof, and stop where anything differs from what the step expects.',
    hasRunbook: true,
  },
];

const LONGEST_VALUE = 500;
const NOT_GIVEN = '(not given: ask me if you need it)';

/** Whether all tools that the text names can be called. */
function isServed({ text }: PromptDefinition, { missing }: Surface): boolean {
  return namesIn(text, missing).length === 0;
}

const toPrompt = ({ name, title, description, arguments: declared }: PromptDefinition): Prompt => ({
  name,
  title,
  description,
  arguments: declared.map(argument => ({
    name: argument.name,
    description: argument.description,
    required: argument.isOptional !== true,
  })),
});

const invalid = (message: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, message);

/** The text with the arguments inserted. @throws ProtocolError naming what is missing or unknown */
function fill(
  { name, text, arguments: declared }: PromptDefinition,
  given: Readonly<Record<string, string>>,
) {
  const names = declared.map(argument => argument.name);
  const unknown = Object.keys(given).find(key => !names.includes(key));
  if (unknown !== undefined) throw invalid(`Prompt ${name} takes ${names.join(', ')}`);
  const absent = declared.find(argument => !argument.isOptional && !given[argument.name]?.trim());
  if (absent) throw invalid(`Prompt ${name} needs ${absent.name}: ${absent.description}`);
  return text.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = given[key]?.trim();
    return value ? quote(value, LONGEST_VALUE) : NOT_GIVEN;
  });
}

/** Adds the app if it was left out and there is only one. @throws ProtocolError that lists the apps if there are several */
async function withApp(
  { name }: PromptDefinition,
  given: Readonly<Record<string, string>>,
  directory: Pick<Directory, 'appNames' | 'soleApp'>,
  caller: string,
): Promise<Readonly<Record<string, string>>> {
  if (given[app.name]?.trim()) return given;
  const sole = await directory.soleApp(caller);
  if (sole !== undefined) return { ...given, [app.name]: sole };
  const { values } = await directory.appNames(caller);
  const known = values.length > 0 ? ` There are: ${quoteNames(values)}` : '';
  throw invalid(`Prompt ${name} needs app, since there is not exactly one.${known}`);
}

/** The runbook that the prompt's text ends with. @throws ProtocolError for an unknown app or a malformed environment name */
async function readRunbook(
  { name, arguments: declared }: PromptDefinition,
  given: Readonly<Record<string, string>>,
  { directory, planMigration }: PromptSources,
  caller: string,
): Promise<string> {
  const [asked = '', environment = '', branch] = declared.map(one => given[one.name]?.trim() || undefined);
  const appId = await directory.appIdOf(asked, caller);
  if (appId === undefined) throw invalid(`Prompt ${name}: no app, or more than one, is ${quote(asked, 80)}`);
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(environment))
    throw invalid(`Prompt ${name}: ${quote(environment, 80)} is not the name of an environment`);
  const ref = { appId, backendEnvironmentName: environment };
  return planMigration(ref, branch?.slice(0, LONGEST_VALUE), { caller });
}

/** The names that complete that argument, if any. @throws ProtocolError for an unknown prompt */
export function promptArgumentCompletes(prompt: string, argument: string): Completes | undefined {
  const found = promptDefinitions.find(({ name }) => name === prompt);
  if (!found) throw invalid('Unknown prompt');
  return found.arguments.find(({ name }) => name === argument)?.completes;
}

/** The prompts of each surface. They are kept here because a server may live for one request only. */
const bySurface = new WeakMap<Surface, { readonly served: PromptDefinition[]; readonly prompts: Prompt[] }>();

function promptsOf(surface: Surface) {
  const known = bySurface.get(surface);
  if (known) return known;
  const served = promptDefinitions.filter(definition => isServed(definition, surface));
  const made = { served, prompts: served.map(toPrompt) };
  bySurface.set(surface, made);
  return made;
}

/** What prompts are filled from. */
export interface PromptSources {
  readonly directory: Pick<Directory, 'appNames' | 'soleApp' | 'appIdOf'>;
  readonly planMigration: PlanMigration;
}

/** Adds the prompts whose tools are served. */
export function servePrompts(
  { server }: McpServer,
  surface: Surface,
  sources: PromptSources,
  caller: string,
): void {
  const { directory } = sources;
  const { served, prompts } = promptsOf(surface);

  server.setRequestHandler('prompts/list', () => ({ prompts }));

  server.setRequestHandler('prompts/get', async ({ params: { name, arguments: given = {} } }) => {
    const definition = served.find(candidate => candidate.name === name);
    if (!definition) {
      const names = served.map(candidate => candidate.name).join(', ');
      throw invalid(`Unknown prompt ${quote(name, 80)}; there are ${names || 'none'}`);
    }
    const known = await withApp(definition, given, directory, caller);
    const filled = fill(definition, known);
    const runbook = definition.hasRunbook ? [await readRunbook(definition, known, sources, caller)] : [];
    const hints = surface.toolHints([definition.text, ...runbook].join('\n'));
    const text = [filled, ...runbook, ...hints].join('\n');
    return {
      description: definition.description,
      messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }],
    };
  });
}
