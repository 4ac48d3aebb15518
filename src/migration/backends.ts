/** The Gen 2 backends that an environment may migrate to: those of its app's branches, and those of other apps that use it. */
import type { MigrationSigns } from './signs.ts';

/** A Gen 2 backend that may be named. */
export interface Gen2Backend {
  /** The branch, `<app id>/<branch>` of another app, or the name of a sandbox's stack: how `verify_migration` takes it. */
  readonly label: string;
  readonly appId: string;
  /** The branch alone. For another app, it is spelled as in the name of the stack, with letters and digits only. */
  readonly branch: string;
  readonly stackName: string;
  readonly isElsewhere: boolean;
}

/** Whether a root stack is of a personal sandbox: `amplify-<package>-<user>-sandbox-<hash>`. It is no target of a refactoring. */
export const isSandboxStack = (stackName: string): boolean => /-sandbox-[0-9a-z]{4,}(?:-|$)/.test(stackName);

const alphanumeric = (text: string) => text.replace(/[^a-zA-Z0-9]/g, '');

/** The backends that a caller may name and refactor to, the app's own first. */
export function backendsOf(
  { branches, elsewhere = [] }: Pick<MigrationSigns, 'branches' | 'elsewhere'>,
  ownAppId: string,
): Gen2Backend[] {
  return [
    ...branches.map(({ name, stackName }) => ({
      ...{ label: name, appId: ownAppId, branch: name, stackName, isElsewhere: false },
    })),
    ...elsewhere
      .filter(({ isHidden, stackName }) => !isHidden && !isSandboxStack(stackName))
      .map(({ label, appId, stackName }) => {
        const branch = label.slice(label.indexOf('/') + 1);
        return { label, appId, branch, stackName, isElsewhere: true };
      }),
  ];
}

/** Whether a caller's words name a backend: `main`, `<app id>/main`, or as the stack's name spells it. */
export function isNamed({ label, appId, branch, isElsewhere }: Gen2Backend, wanted: string): boolean {
  if (wanted === label) return true;
  const spelled = wanted.startsWith(`${appId}/`) ? wanted.slice(appId.length + 1) : undefined;
  if (spelled === undefined) return false;
  return isElsewhere ? alphanumeric(spelled) === alphanumeric(branch) : spelled === branch;
}

/** The branch's name, spelled as the caller spells it where they name this backend. @param wanted what the caller named */
export function branchNameOf(backend: Gen2Backend, wanted: string | undefined): string {
  if (wanted === undefined || !isNamed(backend, wanted)) return backend.branch;
  return wanted.startsWith(`${backend.appId}/`) ? wanted.slice(backend.appId.length + 1) : wanted;
}
