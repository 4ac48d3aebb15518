/**
 * The step of a migration that comes next at each stage, in AWS's order and with AWS's commands, by "Migrate an existing
 * Gen 1 Environment" of aws-amplify/docs (`migrate-to-gen2/migrate-existing-app/index.mdx`).
 */
import type { Stage } from './stage.ts';

/** A word that a shell takes as it stands; otherwise a placeholder, since AWS and callers choose names. */
export const shellWord = (name: string | undefined, placeholder: string): string =>
  /^[A-Za-z0-9][\w./-]{0,127}$/.test(name ?? '') ? String(name) : `<${placeholder}>`;

/** The names that the commands need, as far as they are known. */
export interface StepNames {
  readonly gen1Root?: string | undefined;
  readonly gen2Root?: string | undefined;
}

/** @returns what a person does next, with the command */
export function nextStepOf(stage: Stage, { gen1Root, gen2Root }: StepNames): string {
  const refactor = `amplify gen2-migration refactor --to ${shellWord(gen2Root, 'Gen 2 root stack')}`;
  switch (stage) {
    case 'none':
      return 'Rehearse on a clone (clone_environment), then in a checkout: amplify gen2-migration assess, then lock, then generate.';
    case 'locked':
      return 'In the checkout: amplify gen2-migration generate; set branchName in amplify/data/resource.ts to the Gen 2 branch, and deploy it. To give the migration up: amplify gen2-migration lock --rollback.';
    case 'beside':
      return `The environment is not locked. If this backend is its Gen 2: amplify gen2-migration lock, test the branch, then ${refactor}.`;
    case 'deployed':
      return `Users and files are still in Gen 1: let people test the branch, then refactor, which moves pools and buckets: ${refactor}.`;
    case 'failed':
      return `A refactoring stopped half way. Roll it back before anything else: ${refactor} --rollback.`;
    case 'refactored':
      return 'Post-refactor: uncomment postRefactor() in amplify/backend.ts, deploy the branch, and verify again. Only when nobody uses Gen 1 any longer: amplify gen2-migration retain.';
    case 'retained':
      return `When no user or application uses Gen 1 any longer, a person deletes its root stack: aws cloudformation delete-stack --stack-name ${shellWord(gen1Root, 'Gen 1 root stack')}.`;
  }
}
