/**
 * What may be done: pure decisions over an operation, its arguments and the configuration. The strictest
 * rule wins: every rule that refuses is looked at before anything is allowed or put before a person.
 */

import { fitsGlob } from '../lib/glob.ts';
import { quoteName } from '../lib/quote.ts';
import type { Access, Toolset } from '../operations/index.ts';

/** A group of tools that can be served: those of the operations, and the workflows. */
export type ServedToolset = Toolset | 'workflows';

/** The settings that rule. */
export interface PolicySettings {
  readonly readOnly: boolean;
  readonly toolsets: readonly ServedToolset[];
  /** `compact`: of all tools only the workflows and the guides are served by their own names. */
  readonly surface: 'full' | 'compact';
  readonly apps: readonly string[];
  readonly protected: readonly string[];
  readonly readOnlyEnvironments: readonly string[];
  readonly confirm: 'destructive' | 'writes' | 'never';
  readonly confirmBy: ConfirmBy;
  /** What the caller's token allows; absent where nobody is asked for one. */
  readonly scopes?: readonly Scope[] | undefined;
}

/**
 * What counts as a person's yes. `form`: a name that is typed into a form. `token`: a token that comes with the plan
 * and is sent back; whoever has it can send it back. `form-or-token`: a form where the client shows one, else a token.
 */
export type ConfirmBy = 'form-or-token' | 'form' | 'token';

/** What a token can allow. */
export const scopes = ['amplify:read', 'amplify:write', 'amplify:destroy'] as const;
export type Scope = (typeof scopes)[number];

/** The scope that each effect needs. */
const scopeByAccess: Readonly<Record<Access, Scope>> = {
  read: 'amplify:read',
  create: 'amplify:write',
  update: 'amplify:write',
  secret: 'amplify:write',
  delete: 'amplify:destroy',
};

/** The scope that a tool needs; a call of it may need more, see `decide`. */
export const scopeOf = ({ access }: Pick<PolicySubject, 'access'>): Scope => scopeByAccess[access];

/** Why a token is not enough for a case; undefined where it is. */
function refuseScope(
  subject: PolicySubject,
  { destroys }: Pick<PolicyCase, 'destroys'>,
  { scopes }: PolicySettings,
) {
  const lacks = (scope: Scope) => scopes !== undefined && !scopes.includes(scope);
  const needed = scopeOf(subject);
  if (lacks(needed)) return deny('scopes', `the access token has not the scope ${needed}`);
  if (destroys && lacks(scopeByAccess.delete))
    return deny(
      'scopes',
      `it would destroy what holds data, and the access token has not the scope ${scopeByAccess.delete}; ask for that scope`,
    );
  return undefined;
}

/** What is asked about. */
export interface PolicySubject {
  readonly toolName: string;
  readonly access: Access;
  readonly toolset: ServedToolset;
  /** Whether it takes every environment of its app. */
  readonly everyEnvironment: boolean;
  /** Whether a call of it can destroy what holds data, though it is no deletion by its kind. */
  readonly mayDestroy?: boolean | undefined;
  /** Leads to other tools: by `finds` whatever the surface, by `runs` where they are not served by name. */
  readonly guide?: 'finds' | 'runs' | undefined;
}

/** The case at hand; without one, a decision says whether the tool can be of use at all. */
export interface PolicyCase {
  readonly args: Readonly<Record<string, unknown>>;
  /** The app's environments, where the subject takes every one of them; unknown ones count as protected. */
  readonly environments?: readonly string[] | undefined;
  /** Whether it is known to destroy what holds data, though it is no deletion by its kind. */
  readonly destroys?: boolean | undefined;
  /** Apps that the target is limited to, on top of the setting. */
  readonly targetApps?: readonly string[] | undefined;
  /**
   * How it came to be called, where not by its own name: through the tool that runs the others, which the
   * surface does not concern; as a step of something that is served itself, which the toolsets do not either.
   */
  readonly via?: Via | undefined;
}

/** Whether it matters to a decision that a case destroys: only then it need be found out. */
export const needsDestroyedFacts = ({ confirm, scopes }: PolicySettings): boolean =>
  confirm !== 'never' || (scopes !== undefined && !scopes.includes(scopeByAccess.delete));

/** A way to call a tool beside its own name. */
export type Via = 'run_operation' | 'step';

/** What comes of it. A refusal names the setting that refused. */
export type Decision =
  | { readonly kind: 'allow' }
  | { readonly kind: 'confirm'; readonly setting: 'confirm' }
  | { readonly kind: 'deny'; readonly setting: keyof PolicySettings | 'targets'; readonly why: string };

const deny = (setting: Extract<Decision, { kind: 'deny' }>['setting'], why: string): Decision => ({
  kind: 'deny',
  setting,
  why,
});

/** The environments that the case changes: a clone changes its target and only reads its source. */
function changedEnvironments({ everyEnvironment }: PolicySubject, { args, environments }: PolicyCase) {
  if (everyEnvironment) return environments;
  const name = args.targetEnvironmentName ?? args.backendEnvironmentName;
  return typeof name === 'string' ? [name] : [];
}

function refuseApp({ args, targetApps }: PolicyCase, settings: PolicySettings): Decision | undefined {
  const { appId } = args;
  if (typeof appId !== 'string') return undefined;
  const refused = (apps: readonly string[] | undefined) => apps && apps.length > 0 && !apps.includes(appId);
  if (refused(settings.apps))
    return deny('apps', `app ${quoteName(appId)} is not among the apps that may be touched`);
  if (refused(targetApps))
    return deny('targets', `app ${quoteName(appId)} is not among the apps of this target`);
  return undefined;
}

function refuseEnvironment(
  subject: PolicySubject,
  instance: PolicyCase,
  settings: PolicySettings,
): Decision | undefined {
  for (const setting of ['protected', 'readOnlyEnvironments'] as const) {
    const patterns = settings[setting];
    if (patterns.length === 0) continue;
    const changed = changedEnvironments(subject, instance);
    if (!changed)
      return deny(setting, 'it may take protected environments of this app, whose names are not known');
    const hit = changed.find(name => patterns.some(pattern => fitsGlob(name, pattern)));
    if (hit !== undefined) return deny(setting, `environment ${quoteName(hit)} must not be changed`);
  }
  return undefined;
}

/** What is served at all: which groups, and which of their tools by their own names. */
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
export function refusalText(toolName: string, { setting, why }: Extract<Decision, { kind: 'deny' }>): string {
  return `The setting ${setting} refuses ${toolName}: ${why}. Nothing was sent to AWS.`;
}

/** Decides. Without a case: whether the configuration serves the tool at all, as `tools/list` asks. */
export function decide(subject: PolicySubject, settings: PolicySettings, instance?: PolicyCase): Decision {
  const { access } = subject;
  const unserved = refuseServing(subject, settings, instance?.via);
  if (unserved) return unserved;
  if (settings.readOnly && access !== 'read') return deny('readOnly', 'only tools that read are served');
  const unscoped = refuseScope(subject, instance ?? {}, settings);
  if (unscoped) return unscoped;
  const refusal =
    instance &&
    (refuseApp(instance, settings) ??
      (access === 'read' ? undefined : refuseEnvironment(subject, instance, settings)));
  if (refusal) return refusal;
  const isDestructive = access === 'delete' || instance?.destroys === true;
  const asks =
    settings.confirm === 'writes' ? access !== 'read' : isDestructive && settings.confirm !== 'never';
  return asks ? { kind: 'confirm', setting: 'confirm' } : { kind: 'allow' };
}
