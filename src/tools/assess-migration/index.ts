/**
 * `assess_migration`: how ready an environment is for AWS's migration tool: what blocks it, what a person must do, and what
 * it takes along. It changes nothing.
 */
import { z } from 'zod';
import { environmentTools } from '../../call/read-environment.ts';
import { quoteCell, quoteName, quoteNames } from '../../lib/quote.ts';
import {
  assessMigration as assess,
  matrixAge,
  type Readiness,
  type ReadinessFinding,
  type ReadinessVerdict,
  stageWords,
  standingOf,
} from '../../migration/index.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { defineTool } from '../define.ts';
import { readEnvironmentOf } from '../shared/read.ts';
import { type MigrationSubject, migrationToolActions, readMigration } from '../shared/read-migration.ts';
import { type Assessment, output } from './output.ts';

const MATRIX_PAGE = 'https://docs.amplify.aws/react/start/migrate-to-gen2/feature-matrix/';
/** The most places that one finding lists, and the most sentences about what could not be looked at. */
const MOST_PLACES = 8;
const MOST_SENTENCES = 12;

const verdictText: Readonly<Record<ReadinessVerdict, string>> = {
  ready: "AWS's tool takes along all that was seen",
  'manual work': "AWS's tool can migrate it, and leaves work to a person",
  blocked: "AWS's tool cannot migrate it as it is",
  unknown: 'nothing that was seen stands in the way, but not everything could be checked',
};

function cut(list: readonly string[], most: number): string[] {
  const more = list.length - most;
  return more > 0 ? [...list.slice(0, most), `and ${more} more`] : [...list];
}

/** What the matrix says about AWS's tool, for the brackets after a feature. */
const supportText: Readonly<Record<ReadinessFinding['support'], string>> = {
  supported: 'supported',
  'generate only': 'generated only',
  unsupported: 'not supported',
  'no word': 'AWS does not say',
  'not in the matrix': "not in AWS's matrix",
};

function nextStepsOf({ verdict, matrix, stage, backends, isUsed, next, unknown }: Readiness): string[] {
  const matrixNotes = matrix.isOld
    ? [
        `AWS's matrix was read as of ${matrix.date}, more than 90 days ago: check rows that matter at ${MATRIX_PAGE}.`,
      ]
    : [];
  const [backend] = backends;
  if (next !== undefined && (stage !== 'beside' || isUsed)) {
    const unblock = verdict === 'blocked' ? ['Remove what blocks first.'] : [];
    const verify =
      stage === 'failed' || !backend
        ? []
        : [`Prove what Gen 2 has: verify_migration of the branch ${quoteName(backend.label)}.`];
    return [...unblock, ...verify, next, ...matrixNotes];
  }
  const firstStep: Readonly<Record<ReadinessVerdict, string>> = {
    ready:
      'Rehearse on a clone first: clone_environment, then amplify gen2-migration assess, lock, generate in a checkout of it.',
    'manual work':
      'Plan the manual work, then rehearse on a clone: clone_environment, and amplify gen2-migration assess in a checkout of it.',
    blocked: 'Remove what blocks, push, and assess again.',
    unknown: unknown.some(sentence => /IAM action|is denied by/.test(sentence))
      ? 'Give the missing rights, and assess again.'
      : 'Look at what could not be read here, and assess again.',
  };
  const generate = 'amplify gen2-migration generate in the checkout, then deploy the Gen 2 branch.';
  const stepWhenLocked: Readonly<Record<ReadinessVerdict, string>> = {
    ready: `It is locked; next: ${generate}`,
    'manual work': `It is locked; next: ${generate} Do the manual work in what was generated.`,
    blocked:
      'It is locked, so nothing can be pushed: amplify gen2-migration lock --rollback, remove what blocks, push, and assess again.',
    unknown: firstStep.unknown,
  };
  return [
    stage === 'locked' ? stepWhenLocked[verdict] : firstStep[verdict],
    stage === 'beside' && backend
      ? `If the backend of the branch ${quoteName(backend.label)} is its Gen 2: verify_migration, before anything else.`
      : 'After the Gen 2 branch is deployed: verify_migration.',
    ...matrixNotes,
  ];
}

function answerOf(found: Readiness, { appId, environment }: MigrationSubject): Assessment {
  const countOf = (effect: ReadinessFinding['effect']) =>
    found.findings.filter(finding => finding.effect === effect).length;
  return {
    appId,
    environment,
    stage: found.stage,
    verdict: found.verdict,
    counts: {
      blocks: countOf('blocks'),
      manual: countOf('manual'),
      carried: countOf('carried'),
      unknown: found.unknown.length,
    },
    findings: found.findings.map(({ person, seenAt, ...finding }) => ({
      ...finding,
      seenAt: cut(seenAt, MOST_PLACES),
      ...(person !== '' && { person }),
    })),
    matrix: { ...found.matrix, page: MATRIX_PAGE },
    unknown: cut(found.unknown, MOST_SENTENCES),
    notSeen: [...found.notSeen],
    nextSteps: nextStepsOf(found),
  };
}

/** What the verdict means at this stage of the migration. */
function verdictTextOf({ verdict, stage }: Pick<Assessment, 'verdict' | 'stage'>): string {
  if (stage === 'none' || stage === 'locked' || stage === 'beside') return verdictText[verdict];
  const textWhenDeployed: Readonly<Record<ReadinessVerdict, string>> = {
    ready:
      'nothing that was seen stands in the way of the next step; what a person had to do before is not looked at',
    'manual work': 'a Gen 2 branch is deployed, and work is left to a person',
    blocked: 'a Gen 2 branch is deployed, and something stands in the way of the next step',
    unknown: verdictText.unknown,
  };
  return textWhenDeployed[verdict];
}

function textOf({
  environment,
  stage,
  verdict,
  counts,
  findings,
  matrix,
  unknown,
  notSeen,
  nextSteps,
}: Assessment): string {
  const work = findings.filter(({ effect }) => effect !== 'carried');
  const carried = findings.filter(({ effect }) => effect === 'carried');
  const lines = work.map(
    ({ what, effect, support, seenAt, tool, person, page }) =>
      `- ${effect}: ${what} (${supportText[support]}), seen at ${quoteNames(seenAt, MOST_PLACES + 1)}. AWS's tool: ${tool} You: ${person ?? 'nothing.'} ${page}`,
  );
  const hints = carried.flatMap(({ what, person }) => (person === undefined ? [] : [`- ${what}: ${person}`]));
  return [
    `${verdict}: ${verdictTextOf({ verdict, stage })}${verdict !== 'unknown' && counts.unknown > 0 ? ', as far as it could be looked at' : ''} (${quoteName(environment)}). ${counts.blocks} ${counts.blocks === 1 ? 'blocks' : 'block'}, ${counts.manual} with manual work, ${counts.carried} taken along. AWS's matrix as of ${matrix.date}${matrix.isOld ? ', which is old' : ''}.`,
    ...(stage === 'none'
      ? []
      : [
          `${quoteName(environment)}${stage === 'beside' ? '' : ' is on its way to Gen 2'} (${stage}): ${stageWords[stage]}.${stage === 'locked' || stage === 'beside' ? '' : ' Only what still matters is listed.'}`,
        ]),
    ...lines,
    ...(carried.length > 0
      ? [`Taken along: ${carried.map(({ what }) => what).join(', ')}. For these:`, ...hints]
      : []),
    ...(unknown.length > 0 ? [`Not looked at: ${unknown.join(' ')}`] : []),
    `Not seen: ${notSeen.join(' ')}`,
    `Next: ${nextSteps.join(' ')}`,
  ].join('\n');
}

export const assessMigration = defineTool({
  toolName: 'assess_migration',
  title: 'Assess readiness for Gen 2',
  access: 'read',
  steps: environmentTools,
  iamActions: migrationToolActions,
  input: z.strictObject({ app: appIdOrName, environment: backendEnvironmentName }),
  output,

  async run({ app, environment, target }, context) {
    const { appId } = await context.findApp(app, target, context.signal);
    const subject = { appId, environment, target };
    const [model, facts] = await Promise.all([
      readEnvironmentOf(context, { appId, backendEnvironmentName: environment, target }),
      readMigration(context, subject, { whole: true, elsewhere: 'search' }),
    ]);
    const now = context.awsNow(target);
    const found: Readiness =
      model.state === 'unreadable'
        ? {
            verdict: 'unknown',
            ...standingOf(facts),
            findings: [],
            matrix: matrixAge(now),
            unknown: [`The environment cannot be read: ${quoteCell(model.why, 300)}.`, ...facts.unread],
            notSeen: [],
          }
        : await assess(facts, model, now);
    const answer = answerOf(found, subject);
    return { answer, text: textOf(answer), isTextWhole: true, notes: [] };
  },
});
