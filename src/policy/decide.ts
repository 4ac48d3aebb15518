/**
 * The policy: pure decisions on an operation, its arguments and the configuration. The strictest rule wins: every rule
 * that refuses is checked before a call is allowed or needs a confirmation.
 */

import { fitsGlob } from '../lib/glob.ts';
import { quoteName } from '../lib/quote.ts';
import type { Access, Toolset } from '../operations/index.ts';

/** A group of tools that can be served: those of the operations, and the workflows. */
export type ServedToolset = Toolset | 'workflows';

/** The settings of the policy. */
export interface PolicySettings {
  readonly readOnly: boolean;
  readonly toolsets: readonly ServedToolset[];
  /** `compact`: only the workflows and the guides are served by their own names. */
  readonly surface: 'full' | 'compact';
  readonly apps: readonly string[];
  readonly protected: readonly string[];
  readonly readOnlyEnvironments: readonly string[];
  readonly confirm: 'destructive' | 'writes' | 'never';
  readonly confirmBy: ConfirmBy;
  /** Whether deletions of an environment go through although a Gen 2 app depends on it; absent means no. */
  readonly allowMigrated?: boolean | undefined;
  /** The scopes of the caller's token; absent where no token is required. */
  readonly scopes?: readonly Scope[] | undefined;
}

/**
 * What counts as a confirmation. `form`: a name that a person types into a form. `person`: the same, or the name typed on
 * the plan's page, which a chat host shows. `token`: the token that comes with the plan, sent back by the agent.
 * `form-or-token`: a form where the client shows one, else the page where it shows pages, else a token.
 */
export type ConfirmBy = 'form-or-token' | 'form' | 'person' | 'token';

/** Whether an agent can confirm a call with the token that comes with the plan. */
export const takesTokens = ({ confirmBy }: Pick<PolicySettings, 'confirmBy'>): boolean =>
  confirmBy === 'form-or-token' || confirmBy === 'token';

/** Whether a person can confirm a call on the plan's page. */
export const takesPages = ({ confirmBy }: Pick<PolicySettings, 'confirmBy'>): boolean =>
  confirmBy === 'form-or-token' || confirmBy === 'person';

/** The scopes of access tokens. */
export const scopes = ['amplify:read', 'amplify:write', 'amplify:destroy'] as const;
export type Scope = (typeof scopes)[number];

/** The scope that each kind of access needs. */
const scopeByAccess: Readonly<Record<Access, Scope>> = {
  read: 'amplify:read',
  create: 'amplify:write',
  update: 'amplify:write',
  secret: 'amplify:write',
  delete: 'amplify:destroy',
};

/** The scope that a tool needs. A single call may need more, see `decide`. */
export const scopeOf = ({ access }: Pick<PolicySubject, 'access'>): Scope => scopeByAccess[access];

/** The refusal of a token without the scopes that a call needs; undefined where it has them. */
function refuseScope(
  subject: Pick<PolicySubject, 'access'>,
  { destroys }: Pick<PolicyCase, 'destroys'>,
  { scopes }: PolicySettings,
) {
  const lacks = (scope: Scope) => scopes !== undefined && !scopes.includes(scope);
  const needed = scopeOf(subject);
  if (lacks(needed)) return deny('scopes', `the access token does not have the scope ${needed}`);
  if (destroys && lacks(scopeByAccess.delete))
    return deny(
      'scopes',
      `it would destroy data, and the access token does not have the scope ${scopeByAccess.delete}; ask for that scope`,
    );
  return undefined;
}

/** The tool that a decision concerns. */
export interface PolicySubject {
  readonly toolName: string;
  readonly access: Access;
  readonly toolset: ServedToolset;
  /** Whether it concerns every environment of its app. */
  readonly everyEnvironment: boolean;
  /** Whether a call can destroy data although the tool is no deletion. */
  readonly mayDestroy?: boolean | undefined;
  /**
   * Set for a tool that leads to other tools: `finds` is served on every surface, `runs` only where tools are not
   * served by their own names.
   */
  readonly guide?: 'finds' | 'runs' | undefined;
}

/** The call that a decision concerns. Without it, the decision says whether the tool is served at all. */
export interface PolicyCase {
  readonly args: Readonly<Record<string, unknown>>;
  /** The app's environments, where the tool concerns all of them. Unknown environments count as protected. */
  readonly environments?: readonly string[] | undefined;
  /** Whether the call is known to destroy data although the tool is no deletion. */
  readonly destroys?: boolean | undefined;
  /** Whether the call may change what a Gen 2 app uses. It is confirmed as a deletion, and needs no further scope. */
  readonly reachesGen2?: boolean | undefined;
  /** The apps that the target is limited to, in addition to the setting `apps`. */
  readonly targetApps?: readonly string[] | undefined;
  /**
   * How the tool was called, unless by its own name. The surface does not restrict `run_operation`. Neither the surface
   * nor the toolsets restrict a `step` of a served workflow.
   */
  readonly via?: Via | undefined;
}

/** Whether decisions depend on what a call destroys, so that it must be read. */
export const needsDestroyedFacts = ({ confirm, scopes }: PolicySettings): boolean =>
  confirm !== 'never' || (scopes !== undefined && !scopes.includes(scopeByAccess.delete));

/** A way of calling a tool other than by its own name. */
export type Via = 'run_operation' | 'step';

/** A decision. A refusal names the setting that refuses. */
export type Decision =
  | { readonly kind: 'allow' }
  | { readonly kind: 'confirm'; readonly setting: 'confirm' }
  | { readonly kind: 'deny'; readonly setting: keyof PolicySettings | 'targets'; readonly why: string };

/** A decision that refuses. */
export type Refusal = Extract<Decision, { kind: 'deny' }>;

const deny = (setting: Refusal['setting'], why: string): Refusal => ({ kind: 'deny', setting, why });

/** The environments that a call changes. A clone changes its target and only reads its source. */
function changedEnvironments({ everyEnvironment }: PolicySubject, { args, environments }: PolicyCase) {
  if (everyEnvironment) return environments;
  const name = args.targetEnvironmentName ?? args.backendEnvironmentName;
  return typeof name === 'string' ? [name] : [];
}

function refuseApp(
  appId: unknown,
  { apps }: Pick<PolicySettings, 'apps'>,
  targetApps: readonly string[] | undefined,
): Refusal | undefined {
  if (typeof appId !== 'string') return undefined;
  const refused = (apps: readonly string[] | undefined) => apps && apps.length > 0 && !apps.includes(appId);
  if (refused(apps)) return deny('apps', `app ${quoteName(appId)} is not among the apps that may be touched`);
  if (refused(targetApps))
    return deny('targets', `app ${quoteName(appId)} is not among the apps of this target`);
  return undefined;
}

/**
 * Why an app may not be touched, not even read; undefined where it may. Which tools are served does not matter to it.
 * @param targetApps the apps that the target is limited to, on top of the setting
 */
export function refuseToTouch(
  appId: string,
  settings: PolicySettings,
  targetApps: readonly string[] | undefined,
): Refusal | undefined {
  return refuseScope({ access: 'read' }, {}, settings) ?? refuseApp(appId, settings, targetApps);
}

function refuseEnvironment(
  subject: PolicySubject,
  instance: PolicyCase,
  settings: PolicySettings,
): Refusal | undefined {
  for (const setting of ['protected', 'readOnlyEnvironments'] as const) {
    const patterns = settings[setting];
    if (patterns.length === 0) continue;
    const changed = changedEnvironments(subject, instance);
    if (!changed)
      return deny(setting, 'it may change protected environments of this app, whose names are unknown');
    const hit = changed.find(name => patterns.some(pattern => fitsGlob(name, pattern)));
    if (hit !== undefined) return deny(setting, `environment ${quoteName(hit)} must not be changed`);
  }
  return undefined;
}

/** The refusal of a tool that is not served, or not served by its own name. */
function refuseServing({ toolset, guide }: PolicySubject, settings: PolicySettings, via: Via | undefined) {
  const { toolsets, surface } = settings;
  const isCompact = surface === 'compact';
  if (via !== 'step' && !toolsets.includes(toolset) && !(guide && isCompact))
    return deny('toolsets', `the toolset ${toolset} is not served`);
  if (via !== undefined) return undefined;
  if (guide === 'runs' && !isCompact) return deny('surface', 'every tool is served by its own name');
  if (isCompact && toolset !== 'workflows') return deny('surface', 'it is called through run_operation');
  return undefined;
}

/** A refusal in words that name the setting. */
export function refusalText(toolName: string, { setting, why }: Refusal): string {
  return `The setting ${setting} refuses ${toolName}: ${why}. Nothing was sent to AWS.`;
}

/** Decides on a call. Without a call: whether the configuration serves the tool at all, for `tools/list`. */
export function decide(subject: PolicySubject, settings: PolicySettings, instance?: PolicyCase): Decision {
  const { access } = subject;
  const unserved = refuseServing(subject, settings, instance?.via);
  if (unserved) return unserved;
  if (settings.readOnly && access !== 'read') return deny('readOnly', 'only tools that read are served');
  const unscoped = refuseScope(subject, instance ?? {}, settings);
  if (unscoped) return unscoped;
  const refusal =
    instance &&
    (refuseApp(instance.args.appId, settings, instance.targetApps) ??
      (access === 'read' ? undefined : refuseEnvironment(subject, instance, settings)));
  if (refusal) return refusal;
  const isDestructive = access === 'delete' || instance?.destroys === true || instance?.reachesGen2 === true;
  const asks =
    settings.confirm === 'writes' ? access !== 'read' : isDestructive && settings.confirm !== 'never';
  return asks ? { kind: 'confirm', setting: 'confirm' } : { kind: 'allow' };
}
