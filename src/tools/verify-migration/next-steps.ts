/** What to do after a verification, in the order of AWS's migration steps. Pure. */
import { quote, quoteName, quoteNames } from '../../lib/quote.ts';
import {
  type Finding,
  isSandboxStack,
  nextStepOf,
  otherEnvironmentOf,
  type Verification,
} from '../../migration/index.ts';

/** How many things one sentence names. */
const MOST_NAMED = 20;

/** The file of a Gen 2 project in which a thing is defined, by the kind in a finding of data. */
const fileOf = (subject: string): string => {
  if (subject.startsWith('model ')) return 'amplify/data/resource.ts';
  if (subject.endsWith('pool')) return 'amplify/auth/resource.ts';
  return subject === 'bucket' ? 'amplify/storage/resource.ts' : 'amplify/backend.ts';
};

const shownThing = ({ subject, gen1 }: Finding) =>
  subject.startsWith('model ') ? subject : `${subject}${gen1 === undefined ? '' : ` ${gen1}`}`;

/** The Gen 2 backend of another app. */
export interface BranchOfOtherApp {
  readonly appId: string;
  readonly branch: string;
  /** Whether `branch` comes from the name of its stack, which has only the letters and digits of the branch's name. */
  readonly isFromStackName: boolean;
}

/** What is compared. */
interface Compared {
  readonly environment: string;
  readonly branch: string;
  readonly ofOtherApp?: BranchOfOtherApp | undefined;
}

/** The branch's name in its own app, for the text. */
function ownName({ branch, ofOtherApp }: Compared): string {
  if (!ofOtherApp) return quote(branch);
  const { appId, branch: name, isFromStackName } = ofOtherApp;
  return `${quote(name)}${isFromStackName ? " (spelled as in the name of its stack; take the branch's own name)" : ''}, the branch of the app ${quoteName(appId)},`;
}

/** Steps for what is wrong with the data, which matters most. */
function dataSteps(findings: readonly Finding[], compared: Compared, refactor: string): string[] {
  const of = (change: Finding['change']) =>
    findings.filter(finding => finding.area === 'data' && finding.change === change);
  const [empty, other, missing, unmoved] = [
    of('new and empty'),
    of('other table'),
    of('missing'),
    of('not moved'),
  ];
  const files = [...new Set(missing.map(({ subject }) => fileOf(subject)))];
  return [
    ...(empty.length > 0
      ? [
          `Set branchName in amplify/data/resource.ts to ${ownName(compared)} and deploy again: what was written to the new tables stays in them.`,
        ]
      : []),
    ...(other.length > 0
      ? [
          `Correct the table names of ${quoteNames(other.map(shownThing), MOST_NAMED)} in modelNameToTableNameMapping of amplify/data/resource.ts, and deploy again.`,
        ]
      : []),
    ...(missing.length > 0
      ? [
          `Define what Gen 2 lacks (${quoteNames(missing.map(shownThing), MOST_NAMED)}) in ${files.join(', ')}, and deploy again.`,
        ]
      : []),
    ...(unmoved.length > 0
      ? [
          `Others have moved, but not ${quoteNames(unmoved.map(shownThing), MOST_NAMED)}: look at the holding stacks. To start over, type ${refactor} --rollback, then ${refactor}.`,
        ]
      : []),
  ];
}

function rightsSteps(findings: readonly Finding[]): string[] {
  const has = (area: Finding['area'], change?: Finding['change']) =>
    findings.some(finding => finding.area === area && (change === undefined || finding.change === change));
  return [
    ...(has('access', 'wider')
      ? [
          'Narrow the rights in amplify/storage/resource.ts (private/{entity_id}/*, protected/{entity_id}/*) or amplify/backend.ts, deploy, and verify again, before people use it.',
        ]
      : []),
    ...(has('access', 'narrower')
      ? ['Ask whether the lost rights are still needed; if so, grant them in amplify/backend.ts.']
      : []),
    ...(has('functions')
      ? [
          'Give each function the rights that it had: allow.resource(FUNCTION) in amplify/storage/resource.ts or amplify/data/resource.ts, or addToRolePolicy in amplify/backend.ts.',
        ]
      : []),
    ...(has('auth')
      ? ['Set what differs in sign-in in amplify/auth/resource.ts or amplify/backend.ts.']
      : []),
    ...(has('api') ? ['Set the modes of the API in amplify/data/resource.ts (authorizationModes).'] : []),
  ];
}

/** @returns sentences; the commands are AWS's */
export function nextStepsOf(found: Verification, compared: Compared): string[] {
  const { findings, models, stage, isBlind, unproven, gen1Root, gen2Root } = found;
  const next = nextStepOf(stage, { gen1Root, gen2Root });
  const refactor = `amplify gen2-migration refactor --to ${gen2Root === undefined ? '<Gen 2 root stack>' : quoteName(gen2Root)}`;
  // A refactoring that stopped half way comes first: until it ends, a comparison shows a state in between.
  if (stage === 'failed') return [next, 'Then verify again.', ...keepGen1(models)];
  const other = otherEnvironmentOf(found, compared.environment);
  if (other !== undefined)
    return [
      `This is the Gen 2 backend of the environment ${quoteName(other)}: it uses the tables of that environment. Change nothing in it for ${quoteName(compared.environment)}, of whose migration it shows nothing: assess_migration says how ready that is.`,
    ];
  if (gen2Root !== undefined && isSandboxStack(gen2Root))
    return [
      'This is a personal sandbox (npx ampx sandbox), which is no target of a refactoring and goes with ampx sandbox delete: deploy a Gen 2 branch, and verify that.',
      ...keepGen1(models),
    ];
  const corrections = [...dataSteps(findings, compared, refactor), ...rightsSteps(findings)];
  const missingRights =
    unproven.length > 0 && (isBlind || findings.length === 0)
      ? ['Give the rights that are missing, or name the branch, and verify again: nothing is proven yet.']
      : [];
  if (isBlind) return [...corrections, ...missingRights, ...keepGen1(models)];
  const before = [...corrections, ...missingRights];
  return [
    ...before,
    before.length > 0 ? `Only when verify_migration finds no difference that matters: ${next}` : next,
    ...keepGen1(models),
  ];
}

/** A warning, as long as the Gen 1 stacks would delete tables that Gen 2 uses. */
const keepGen1 = (models: Verification['models']): string[] =>
  models.some(({ state, withGen1Stack }) => state === 'adopted' && withGen1Stack === 'deleted')
    ? ['Do not delete the Gen 1 environment: its stacks would delete tables that Gen 2 uses.']
    : [];
