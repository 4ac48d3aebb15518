/** Settings for AWS behaviour that is unverified: each setting lists every way in which AWS could behave. */
import { sandboxAccountId } from './identity.ts';
import { badRequest, ServiceError } from './service-error.ts';

/** The settings and their values; the first of each is the default. */
export const settingValues = {
  /** When reads show a created, changed or imported resource: after its job has ended, or at once. */
  showsChanges: ['after-job', 'at-once'],
  /** Whether an update keeps the members that it leaves out, or removes them. */
  updates: ['merge', 'replace'],
  /** What GetBackendAPI, -Auth and -Storage answer for a resource that AmplifyBackend does not manage: 404, 400 or 200. */
  unmanaged: ['not-found', 'bad-request', 'empty'],
  /** The answer to OPTIONS: 204 as in a recording, or 200 as in the REST reference. */
  preflight: ['recorded', 'documented'],
  /** Whether the trust policies of the roles let a session have a source identity (`sts:SetSourceIdentity`). */
  sourceIdentity: ['allowed', 'refused'],
  /** Whether they let a session have tags (`sts:TagSession`). */
  sessionTags: ['allowed', 'refused'],
  /**
   * Whether IAM allows what is read of a migration: the app, its branches, stack policies, templates, resources; or denies
   * DescribeStacks alone, by which Gen 2 backends of other apps are found.
   */
  migrationReads: ['allowed', 'denied', 'describe-denied'],
} as const;

/** A value for each setting. */
export type SettingsView = {
  readonly [Name in keyof typeof settingValues]: (typeof settingValues)[Name][number];
};

const defaults: SettingsView = {
  showsChanges: 'after-job',
  updates: 'merge',
  unmanaged: 'not-found',
  preflight: 'recorded',
  sourceIdentity: 'allowed',
  sessionTags: 'allowed',
  migrationReads: 'allowed',
};

const deniedReads: Readonly<Record<SettingsView['migrationReads'], readonly string[]>> = {
  allowed: [],
  denied: [
    ...['amplify:GetApp', 'amplify:ListBranches'],
    ...['GetStackPolicy', 'GetTemplate', 'ListStackResources'].map(name => `cloudformation:${name}`),
  ],
  'describe-denied': ['cloudformation:DescribeStacks'],
};

/** @param action such as `amplify:GetApp` @throws ServiceError 403 if the settings deny it */
export function refuseDenied({ values }: Settings, action: string): void {
  if (deniedReads[values.migrationReads].includes(action))
    throw new ServiceError(
      403,
      'AccessDeniedException',
      `User: arn:aws:iam::${sandboxAccountId}:user/sandbox is not authorized to perform: ${action}`,
    );
}

/** The settings of one sandbox. */
export class Settings {
  #values = defaults;

  get values(): SettingsView {
    return this.#values;
  }

  /**
   * Changes some settings.
   * @throws ServiceError 400 that names the invalid setting and its values
   */
  change(request: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(request)) {
      const allowed: readonly unknown[] | undefined = Object.hasOwn(settingValues, name)
        ? settingValues[name as keyof typeof settingValues]
        : undefined;
      if (!allowed)
        throw badRequest(`Unknown setting ${name}; available: ${Object.keys(settingValues).join(', ')}`);
      if (!allowed.includes(value))
        throw badRequest(`${name} ${JSON.stringify(value)} is not one of ${allowed.join(', ')}`);
    }
    this.#values = { ...this.#values, ...request };
  }

  reset(): void {
    this.#values = defaults;
  }
}
