/** Builds the runbook of the migration of one environment. */
import type { CallOperation } from '../../call/call-operation.ts';
import type { ReadMigrationFacts } from '../../call/migration-reads.ts';
import type { Reader } from '../../call/read-across-targets.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import { toServerError } from '../../errors.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import {
  backendsOf,
  isNamed,
  otherEnvironmentOf,
  rootOf,
  runbookOf,
  signsOf,
  verifyMigration,
} from '../../migration/index.ts';

interface Sources {
  readonly callOperation: CallOperation;
  readonly readMigrationFacts: ReadMigrationFacts;
}

/** The runbook, where the environment is on this target. @throws ServerError */
async function readRunbookOn(
  { callOperation, readMigrationFacts }: Sources,
  ref: EnvironmentRef,
  branch: string | undefined,
  reader: Reader,
): Promise<string> {
  const { appId, backendEnvironmentName: environment, target } = ref;
  const read = async (tool: string, args: object) => {
    const where = target === undefined ? args : { ...args, target };
    return (await callOperation(tool, where, { ...reader, via: 'step' })).answer;
  };
  const found = await readEnvironmentAt(read, ref, false);
  const isRead = found.state !== 'unreadable';
  const rootStack = isRead ? (found.stack.id ?? found.stack.name ?? null) : undefined;
  const scope = { rootStack, signal: reader.signal };
  let facts = await readMigrationFacts(ref, { ...scope, whole: false, elsewhere: 'search' });
  const backends = backendsOf(signsOf(facts), appId);
  const backend = branch === undefined ? backends[0] : backends.find(one => isNamed(one, branch));
  const { elsewhere = [], unread } = facts;
  // Only templates show whose tables the branch uses, and what has moved into it.
  if (backend ?? elsewhere[0])
    facts = await readMigrationFacts(ref, { ...scope, whole: true, branch: backend?.label, elsewhere });
  const proof = backend && verifyMigration(facts, backend.label);
  const resources = isRead ? found.resources : [];
  return runbookOf({
    ...{ appId, environment, branch, signs: signsOf(facts), isConnected: facts.isConnected },
    gen1Root: rootOf(facts.gen1)?.name,
    gen1Branch: facts.branches?.find(one => one.backendEnvironmentArn?.endsWith(`/${environment}`))?.name,
    ...{ proof, otherEnvironment: proof && otherEnvironmentOf(proof, environment) },
    imported: resources.flatMap(({ label, origin }) => (origin === 'imported' ? [label] : [])),
    unread: [...new Set([...unread, ...facts.unread])],
  });
}

/**
 * The runbook of an environment, with the step that it has reached. It names what could not be read.
 * @param targets the names of the targets on which to look for the environment, in order; undefined for the only one
 */
export async function readRunbook(
  sources: Sources,
  targets: readonly (string | undefined)[],
  { appId, backendEnvironmentName }: EnvironmentRef,
  branch: string | undefined,
  reader: Reader,
): Promise<string> {
  const failures: string[] = [];
  let isAbsent = true;
  for (const target of targets) {
    try {
      return await readRunbookOn(sources, { appId, backendEnvironmentName, target }, branch, reader);
    } catch (thrown) {
      const { code, message } = toServerError(thrown);
      isAbsent &&= code === 'not_found';
      failures.push(code === 'not_found' ? message : `The environment could not be read (${code}).`);
    }
  }
  if (isAbsent)
    return `There is no runbook: ${[...new Set(failures)].join(' ')} Ask which app and environment are meant; take_inventory lists all.`;
  const unknown = { signs: undefined, isConnected: undefined, imported: [] };
  return runbookOf({ appId, environment: backendEnvironmentName, branch, ...unknown, unread: failures });
}
