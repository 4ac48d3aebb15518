/** How the sandbox behaves where nobody knows how AWS does: each setting with every answer that AWS could give. */
import { badRequest } from './service-error.ts';

/** The settings and their values; the first of each is the default. */
export const settingValues = {
  /** When a created, changed or imported resource is shown: once its job has ended, or as soon as it was asked for. */
  showsChanges: ['after-job', 'at-once'],
  /** What an update does to what it leaves out: keeps it, or forgets it. */
  updates: ['merge', 'replace'],
  /** What GetBackendAPI, -Auth and -Storage answer for a service that AmplifyBackend does not manage: 404, 400, or 200. */
  unmanaged: ['not-found', 'bad-request', 'empty'],
  /** What OPTIONS is answered with: 204 as it was recorded, or 200 as the REST reference documents it. */
  preflight: ['recorded', 'documented'],
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
};

/** The settings of one sandbox. */
export class Settings {
  #values = defaults;

  get values(): SettingsView {
    return this.#values;
  }

  /**
   * Changes what a client asked for.
   * @throws ServiceError 400 that names the offending member and what it may be
   */
  change(request: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(request)) {
      const allowed: readonly unknown[] | undefined = Object.hasOwn(settingValues, name)
        ? settingValues[name as keyof typeof settingValues]
        : undefined;
      if (!allowed)
        throw badRequest(`Unknown setting ${name}; there are ${Object.keys(settingValues).join(', ')}`);
      if (!allowed.includes(value))
        throw badRequest(`${name} ${JSON.stringify(value)} is not one of ${allowed.join(', ')}`);
    }
    this.#values = { ...this.#values, ...request };
  }

  reset(): void {
    this.#values = defaults;
  }
}
