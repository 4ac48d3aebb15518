/**
 * The runbook of a migration with the ids of one app: AWS's steps in their order, with the commands that a person types,
 * and the step where the environment stands. Steps and commands by "Migrate an existing Gen 1 Environment" of aws-amplify/docs
 * (`migrate-to-gen2/migrate-existing-app/index.mdx`, 2026-11).
 */
import { quoteName, quoteNames } from '../lib/quote.ts';
import { backendsOf, branchNameOf, type Gen2Backend, isNamed } from './backends.ts';
import { nextStepOf, shellWord } from './next-step.ts';
import { type PositionFacts, positionOf, type RunbookPosition } from './runbook-position.ts';

/** What a runbook is for. */
export interface RunbookFacts extends PositionFacts {
  readonly appId: string;
  /** Whether hosting builds from a repository; undefined where it could not be read. */
  readonly isConnected: boolean | undefined;
  /** Labels of imported resources, which a clone shares with its source. */
  readonly imported: readonly string[];
  /** The branch that deploys the Gen 1 environment, where hosting knows it. */
  readonly gen1Branch?: string | undefined;
  /** The root stack of the Gen 1 environment, where it was read. */
  readonly gen1Root?: string | undefined;
  /** The Gen 2 branch where the caller names one. */
  readonly branch?: string | undefined;
  /** What could not be read, a sentence each. */
  readonly unread: readonly string[];
}

const GUIDE = 'https://docs.amplify.aws/react/start/migrate-to-gen2/migrate-existing-app/';

interface Step {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The names that commands have. */
interface Words {
  readonly app: string;
  readonly environment: string;
  readonly branch: string;
  /** The app of the Gen 2 branch. */
  readonly gen2App: string;
  /** The branch as tools take it. */
  readonly label: string;
  readonly gen1Branch: string;
  /** The Gen 2 root stack. */
  readonly stack: string;
}

/** The Gen 2 backend that the caller names; of several the first, where none is named. */
function backendOf({ signs, appId, branch: wanted }: RunbookFacts): Gen2Backend | undefined {
  const all = signs ? backendsOf(signs, appId) : [];
  return wanted === undefined ? all[0] : all.find(one => isNamed(one, wanted));
}

function wordsOf(facts: RunbookFacts): Words {
  const { appId, environment, branch: wanted, gen1Branch = '' } = facts;
  const found = backendOf(facts);
  const name = found ? branchNameOf(found, wanted) : (wanted ?? `gen2-${environment}`);
  const branch = shellWord(name, 'branch');
  const stack = found?.stackName;
  return {
    app: shellWord(appId, 'app id'),
    environment: shellWord(environment, 'environment'),
    branch,
    gen2App: shellWord(found?.appId ?? appId, 'app id'),
    label: found?.label ?? branch,
    gen1Branch: shellWord(gen1Branch, `branch of ${shellWord(environment, 'environment')}`),
    stack:
      stack === undefined
        ? `<Gen 2 root stack: amplify-${appId}-${branch.replace(/[^a-z0-9]/gi, '')}-branch-…>`
        : shellWord(stack, 'Gen 2 root stack'),
  };
}

const pull = ({ app, environment }: Words) => `amplify pull --appId ${app} --envName ${environment}`;
const call = (tool: string, args: object) => `${tool} ${JSON.stringify(args)}`;

/** The copy on which a migration is rehearsed. */
const REHEARSAL = 'rehearse';

function rehearsal({ appId, environment, imported }: RunbookFacts): Step {
  return {
    title: 'Rehearse on a copy',
    lines: [
      call('clone_environment', { app: appId, from: environment, to: REHEARSAL }),
      `Then go through all the steps below with ${REHEARSAL} in place of ${quoteName(environment)}, before you touch ${quoteName(environment)}. Name its Gen 2 branch otherwise than the real one.`,
      `Afterwards undo it from the last step back (each has its undo), since AWS's tool migrates one environment of an app at a time: amplify gen2-migration refactor --rollback, so that no Gen 2 stack owns pools or buckets any longer, only then delete the rehearsal's Gen 2 branch with its stacks in the Amplify console, amplify gen2-migration lock --rollback, then decommission_environment for ${REHEARSAL}, which refuses it as long as Gen 2 uses it.`,
      imported.length > 0
        ? `Not a rehearsal for imported resources: the copy shares them with ${quoteName(environment)} (${quoteNames(imported)}), so a refactoring of the copy would concern them too. Give the copy separate ones first.`
        : 'Imported resources and ARNs written into custom code are shared with a clone. No imported resource was found here.',
    ],
  };
}

function deployLines({ isConnected }: RunbookFacts, { gen2App, branch }: Words): string[] {
  const push = ['git add . && git commit -m "feat: migrate to gen2"', `git push origin ${branch}`];
  const connect = `Amplify console, App Settings, Branch Settings, Add Branch: ${branch}`;
  const own = [
    `aws amplify create-branch --app-id ${gen2App} --branch-name ${branch}`,
    `aws amplify update-branch --app-id ${gen2App} --branch-name ${branch} --no-enable-auto-build`,
    `npx ampx pipeline-deploy --branch ${branch} --app-id ${gen2App}    (with CI=1)`,
  ];
  if (isConnected === false)
    return [
      'Hosting of this app is deployed by hand: the console cannot add a branch to it. Connect a new app to the repository (a custom domain cannot move there), or deploy from a pipeline of your own:',
      ...own,
    ];
  return [
    ...push,
    connect,
    ...(isConnected === undefined ? ['Where hosting is deployed by hand, instead:', ...own] : []),
  ];
}

/** Which Gen 2 branch the commands name, and whether it is deployed. */
function branchLine(facts: RunbookFacts): string[] {
  const { signs, branch: wanted, environment, appId } = facts;
  if (!signs && wanted === undefined) return [];
  const all = signs ? backendsOf(signs, appId).map(({ label }) => label) : [];
  const others = all.length > 0 ? ` Gen 2 branches that were found: ${quoteNames(all)}.` : '';
  const found = backendOf(facts);
  const elsewhere = found?.isElsewhere
    ? ` It belongs to another app, ${quoteName(found.appId)}, and its name is spelled here as in that of its stack: in commands, spell it as it is.`
    : '';
  if (found) return [`Gen 2 branch: ${quoteName(found.label)}, deployed.${elsewhere}`];
  const name = wanted;
  if (name === undefined)
    return [`Gen 2 branch: none yet; the commands below call it gen2-${quoteName(environment)}.`];
  return [`Gen 2 branch: ${quoteName(name)}, ${signs ? 'not deployed' : 'not looked at'}.${others}`];
}

/** What is left to do with Gen 1 at the end. */
function lastStep(facts: RunbookFacts, stage: RunbookPosition['stage']): Step {
  const { gen1Root } = facts;
  const gen2Root = backendOf(facts)?.stackName;
  if (stage === 'retained')
    return {
      title: 'Delete the Gen 1 stacks',
      lines: [
        'CloudFormation keeps all that they own: verify_migration shows it for each table.',
        nextStepOf('retained', { gen1Root, gen2Root }),
      ],
    };
  return {
    title: 'Keep Gen 1',
    lines: [
      'The model tables belong to the Gen 1 stacks. Do not run amplify env remove, and do not delete the environment or its stacks: delete_backend and decommission_environment refuse it.',
      'Only when nobody uses Gen 1 any longer: amplify gen2-migration retain, then verify_migration must show that every table is retained, then a person deletes the root stack.',
    ],
  };
}

function stepsOf(facts: RunbookFacts, words: Words, stage: RunbookPosition['stage']): Step[] {
  const { appId, environment } = facts;
  const verify = call('verify_migration', { app: appId, environment, branch: words.label });
  return [
    rehearsal(facts),
    {
      title: 'Assess',
      lines: [
        call('assess_migration', { app: appId, environment }),
        call('export_environment', { app: appId, environment }),
        'npm install -g @aws-amplify/cli@^14.4.0',
        `${pull(words)} && amplify status    (must report no changes)`,
        'amplify gen2-migration assess',
      ],
    },
    {
      title: 'Lock (writes to the app and its stacks)',
      lines: ['amplify gen2-migration lock', 'Undo: amplify gen2-migration lock --rollback'],
    },
    {
      title: 'Generate (in the checkout)',
      lines: [
        `git checkout -b ${words.branch} && amplify gen2-migration generate`,
        'rm -rf node_modules package-lock.json && npm install && npm install --package-lock-only',
      ],
    },
    {
      title: 'Edit what was generated',
      lines: [
        `amplify/data/resource.ts: branchName: "${words.environment}" becomes branchName: "${words.branch}". Otherwise the branch gets new, empty tables.`,
        'amplify/storage/resource.ts: private/* and protected/* only for their owner (entity_id), since released generators open them to every signed-in user.',
        '@auth on public models, functions as ES modules, secrets again, callback URLs: assess_migration lists what this app needs.',
      ],
    },
    { title: 'Deploy', lines: deployLines(facts, words) },
    {
      title: 'Prove and test, before anything moves',
      lines: [
        verify,
        'Go on only when data is adopted and no right is wider than before, and people have tested the app.',
      ],
    },
    {
      title: 'Refactor (moves pools and buckets; model tables stay in the Gen 1 stacks)',
      lines: [
        `git checkout ${words.gen1Branch} && ${pull(words)}`,
        `amplify gen2-migration refactor --to ${words.stack}`,
        `Undo: amplify gen2-migration refactor --to ${words.stack} --rollback`,
      ],
    },
    {
      title: 'After the refactoring, at once',
      lines: [
        `git checkout ${words.branch}; in amplify/backend.ts uncomment postRefactor();`,
        `git add . && git commit -m "fix: post refactor" && git push origin ${words.branch}`,
        verify,
      ],
    },
    lastStep(facts, stage),
  ];
}

/** @returns lines: where the environment stands, then the numbered steps */
export function runbookOf(facts: RunbookFacts): string {
  const words = wordsOf(facts);
  const position = positionOf(facts);
  return [
    position.text,
    ...branchLine(facts),
    ...facts.unread,
    '',
    ...stepsOf(facts, words, position.stage).flatMap(({ title, lines }, at) => [
      `${at}. ${title}${at === position.step ? '  <= next' : ''}`,
      ...lines.map(line => `   ${line}`),
    ]),
    '',
    `AWS's guide: ${GUIDE}. Its tool is a preview and asks at each step: a person runs it, not an agent unattended.`,
  ].join('\n');
}
