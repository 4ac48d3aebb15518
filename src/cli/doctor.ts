/**
 * `doctor`: checks everything that a call needs, and prints one line for each finding, followed by the command that
 * fixes a failed one. It only reads.
 */
import type { InspectedProfile, ProbedAction } from '../aws/inspect.ts';
import { findUnusualRegion } from '../aws/regions.ts';
import type { InspectableTarget, InspectableTargets } from '../aws/targets.ts';
import { ServerError, toServerError } from '../errors.ts';
import { durationText } from '../lib/duration.ts';
import { quoteName, quoteNames } from '../lib/quote.ts';
import type { BoardSignIn } from '../server/board-documents.ts';
import type { ServedTool } from './iam-policy.ts';
import type { Io } from './io.ts';
import type { Style } from './printer.ts';

/** What is checked. */
export interface DoctorInput {
  readonly targets: InspectableTargets;
  /** The tools that the configuration serves, whose permissions are checked. */
  readonly served: readonly ServedTool[];
  /** Checks the files of MCP hosts that start this program. */
  readonly checkHosts?: ((report: Report) => Promise<void>) | undefined;
  /** Whether the embedded sandbox takes the place of AWS. */
  readonly isSandbox?: boolean;
  /** The configuration file, where one was read. */
  readonly configPath?: string | undefined;
  /** The board over HTTP, where people need tokens: what it lacks, or where they sign in. */
  readonly board?: BoardSignIn | undefined;
  /** The audit file, where one is configured, and the check whether it can be written. */
  readonly audit?: { readonly file: string; inspect(): Promise<Problem | undefined> } | undefined;
}

/** The problem of a file, and the command that fixes it. */
interface Problem {
  readonly what: string;
  readonly fix: string | undefined;
}

type Level = 'ok' | 'warn' | 'FAIL';
const styleOf: Readonly<Record<Level, Style>> = { ok: 'good', warn: 'warning', FAIL: 'bad' };
/** As wide as a level and the blanks behind it. */
const FINDING_INDENT = '      ';
/** Prints a finding. @param type what to type about it */
export type Report = (level: Level, what: string, type?: string) => void;

const SKEW_WARN_MS = 60_000;
/** AWS refuses a request signed this far from its own time. */
const SKEW_FAIL_MS = 5 * 60_000;
const SOON_MS = 15 * 60_000;
const POLICY_COMMAND = 'amplify-backend-mcp iam-policy';
const CLOCK_COMMAND = 'sudo timedatectl set-ntp true';

/** A hint, worded for the person instead of for a model that speaks with the person. */
function hintForPerson({ hint }: ServerError): string {
  const said = hint.replace(/^Ask the person to (type: )?/, '');
  return said.replace(/ \(with their region\)/, ' (with your region)');
}

/** @param reported the messages of failures that were reported, each of which is reported once */
async function attempt<T>(
  report: Report,
  what: string,
  look: () => Promise<T>,
  reported = new Set<string>(),
): Promise<T | undefined> {
  try {
    return await look();
  } catch (thrown) {
    const failure = toServerError(thrown);
    if (!reported.has(failure.message)) report('FAIL', `${what}: ${failure.message}`, hintForPerson(failure));
    reported.add(failure.message);
    return undefined;
  }
}

function reportClock(report: Report, { aws, here }: { aws: number; here: number }): void {
  const skew = Math.abs(aws - here);
  const side = aws > here ? 'behind' : 'ahead of';
  if (skew < SKEW_WARN_MS) report('ok', 'clock: within a minute of AWS');
  else if (skew < SKEW_FAIL_MS) report('warn', `clock: ${durationText(skew)} ${side} AWS`, CLOCK_COMMAND);
  else
    report(
      'FAIL',
      `clock: ${durationText(skew)} ${side} AWS, which refuses signatures this far off`,
      CLOCK_COMMAND,
    );
}

async function checkCredentials(
  report: Report,
  { inspect }: InspectableTarget,
  reported: Set<string>,
): Promise<boolean> {
  const found = await attempt(report, 'credentials', () => inspect.credentials(), reported);
  if (!found) return false;
  const until = found.expiration ? `, until ${found.expiration.toISOString()}` : '';
  const isShort = found.expiration !== undefined && found.expiration.getTime() - Date.now() < SOON_MS;
  report(isShort ? 'warn' : 'ok', `credentials: from ${found.source}${until}`);
  return true;
}

/** Sends reads to AmplifyBackend. @returns whether it accepted these credentials */
async function checkEndpoint(report: Report, target: InspectableTarget, region: string, served: Set<string>) {
  const wanted: ProbedAction[] = ['amplifybackend:GetBackend', 'amplifybackend:ListS3Buckets'];
  let hasClock = false;
  for (const action of wanted) {
    // The first read is sent in any case: it shows whether the service can be reached.
    const isServed = served.has(action);
    if (!isServed && action !== wanted[0]) continue;
    const probe = await attempt(report, 'AmplifyBackend', () => target.inspect.probe(action));
    if (!probe) return false;
    const { outcome, clocks, failure, host } = probe;
    if (clocks && !hasClock) {
      reportClock(report, clocks);
      hasClock = true;
    }
    if (outcome !== 'permitted' && outcome !== 'denied') {
      if (outcome === 'clock_skew' && clocks) return false;
      const said = failure && failure.message !== new ServerError(outcome).message;
      const at = host === undefined ? '' : ` from ${quoteName(host)}`;
      report(
        'FAIL',
        `AmplifyBackend in ${region}: ${outcome}${said ? `: ${failure.message}` : at}`,
        hintForPerson(failure ?? new ServerError(outcome)),
      );
      return false;
    }
    if (action === wanted[0])
      report(
        'ok',
        `AmplifyBackend in ${region}: answers${host === undefined ? '' : ` at ${quoteName(host)}`}`,
      );
    if (!isServed) continue;
    if (outcome === 'permitted') report('ok', `permission ${action}: granted`);
    else report('FAIL', `permission ${action}: denied`, POLICY_COMMAND);
  }
  return true;
}

async function checkPermissions(report: Report, target: InspectableTarget, arn: string, served: Set<string>) {
  const denied = await target.inspect.simulate(arn, [...served].sort());
  if (denied === undefined)
    report(
      'warn',
      'permissions: this identity may not use the policy simulator (iam:SimulatePrincipalPolicy); only reads were tried',
    );
  else if (denied.length === 0)
    report('ok', `permissions: all ${served.size} that the served tools need, says the policy simulator`);
  else
    report(
      'warn',
      `permissions: the policy simulator says that these are denied: ${quoteNames(denied)}`,
      POLICY_COMMAND,
    );
}

function reportRegion(report: Report, region: string, isSandbox: boolean): void {
  const unusual = isSandbox ? undefined : findUnusualRegion(region);
  if (unusual) report('warn', `region: ${quoteName(region)}: ${unusual.what}`);
  else report('ok', `region: ${region}`);
}

function reportProfile(report: Report, { name, namedBy, leavesKeysUnused }: InspectedProfile): void {
  const unused = `AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set too, and not used, because ${namedBy} is set`;
  report('ok', `profile: ${quoteName(name)}${leavesKeysUnused ? ` (${unused})` : ''}`);
}

/** Reports the board. A missing one is reported, but is not a failure. */
function reportBoard(report: Report, { url, redirectUri, issuer, clientId }: BoardSignIn): void {
  if (clientId === undefined)
    report(
      'ok',
      `board: none at ${url}, since the setting boardClientId names no client by which people sign in`,
      `--board-client-id CLIENT_ID, of a public client at ${issuer} with PKCE and the redirect address ${redirectUri}`,
    );
  else
    report(
      'ok',
      `board: at ${url}; people sign in as the client ${quoteName(clientId)} of ${issuer}, which needs the redirect address ${redirectUri}`,
    );
}

async function checkTarget(
  report: Report,
  target: InspectableTarget,
  { served, isSandbox }: { readonly served: Set<string>; readonly isSandbox: boolean },
): Promise<void> {
  const profile = await target.inspect.profile();
  // The region and the keys may come from the same profile or file: what is wrong with it is reported once.
  const reported = new Set<string>();
  const about = profile?.kind === 'absent' && profile.namedBy ? 'profile' : 'region';
  const region = await attempt(report, about, () => target.region(), reported);
  if (region) reportRegion(report, region, isSandbox);
  if (profile && profile.kind !== 'absent') reportProfile(report, profile);
  // A missing region does not keep the keys from being checked; a call needs both.
  const hasCredentials = await checkCredentials(report, target, reported);
  if (hasCredentials && profile?.kind === 'absent' && profile.namedBy)
    report('warn', `profile: there is no profile ${quoteName(profile.name)} (${profile.namedBy})`);
  if (!region || !hasCredentials) return;
  const identity = await attempt(report, 'identity', () => target.identity());
  if (identity) report('ok', `identity: account ${quoteName(identity.account)}, ${quoteName(identity.arn)}`);
  const answers = await checkEndpoint(report, target, region, served);
  if (isSandbox) return;
  if (identity && answers && served.size > 0) await checkPermissions(report, target, identity.arn, served);
}

/**
 * Runs all checks and prints the findings.
 * @returns the exit code: 1 if any finding fails
 */
export async function doctor(io: Io, input: DoctorInput): Promise<number> {
  const { targets, served, isSandbox = false, configPath, audit, board, checkHosts } = input;
  let failures = 0;
  const reportAs =
    (name: string | undefined): Report =>
    (level, what, type) => {
      if (level === 'FAIL') failures++;
      io.out(`${level.padEnd(4)}  ${name === undefined ? '' : `${name}: `}${what}`, {
        style: styleOf[level],
        length: level.length,
        indent: FINDING_INDENT.length,
      });
      if (type !== undefined) io.out(`${FINDING_INDENT}type: ${type}`, { isVerbatim: true });
    };
  // An unreadable configuration ends the program before this, with a message that names the problem.
  const from = configPath === undefined ? 'flags and environment' : configPath;
  reportAs(undefined)('ok', `configuration: read from ${from}; ${served.length} operations are served`);
  if (audit) {
    const problem = await audit.inspect();
    if (problem) reportAs(undefined)('FAIL', `audit: ${problem.what}`, problem.fix);
    else reportAs(undefined)('ok', `audit: ${audit.file}, this user's alone`);
  }
  if (board) reportBoard(reportAs(undefined), board);
  if (isSandbox)
    reportAs(undefined)('ok', 'sandbox: its own AmplifyBackend answers; no AWS account is reached');
  const actions = new Set(served.map(tool => tool.iamAction));
  const names = targets.names.length === 0 ? [undefined] : targets.names;
  for (const name of names)
    await checkTarget(reportAs(name), targets.get(name), { served: actions, isSandbox });
  await checkHosts?.(reportAs(undefined));
  if (failures === 0) io.out('All checks passed.', { style: 'good' });
  else io.out(`${failures} of these checks failed.`, { style: 'bad' });
  return failures === 0 ? 0 : 1;
}
