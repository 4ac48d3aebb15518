/** Opens the audit of a process before it serves anything. */

import { AuditFile } from '../call/audit/file.ts';
import { Audit } from '../call/audit/index.ts';
import { FileProblem } from '../call/audit/own-file.ts';
import { type Config, ConfigError } from './settings.ts';

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

async function check(file: AuditFile): Promise<FileProblem | undefined> {
  try {
    return await file.check();
  } catch (thrown) {
    throw thrown instanceof FileProblem ? new ConfigError(`auditFile: ${thrown.message}`) : thrown;
  }
}

/** For commands that start a server as a child process: checks the audit file before that. @throws ConfigError if it is unsafe */
export async function refuseUnsafeAudit({ auditFile }: Pick<Config, 'auditFile'>): Promise<void> {
  if (auditFile === undefined) return;
  const file = new AuditFile(auditFile);
  await check(file);
  await file.close();
}

/**
 * Opens the audit, where one is configured.
 * @param warn called with the reason why no write can be sent at the moment
 * @throws ConfigError where other users can change the file
 */
export async function openAudit(
  { auditFile, logLevel }: Pick<Config, 'auditFile' | 'logLevel'>,
  warn: (line: string) => void,
): Promise<Audit | undefined> {
  if (auditFile === undefined) return undefined;
  const file = new AuditFile(auditFile);
  const problem = await check(file);
  if (problem) warn(`auditFile: ${problem.message}. Until then no write is sent to AWS.`);
  const failureTexts = {
    attempt: 'no audit line could be written: a write was refused',
    result: 'the second audit line of a write could not be written; it is tried again with the next one',
  };
  return new Audit(file, async (what, thrown) => {
    const { createLog } = await import('../observability/log.ts');
    createLog(logLevel).error({ auditFile, cause: messageOf(thrown) }, failureTexts[what]);
  });
}

/** The problem of an audit file; undefined where there is none. */
export async function inspectAudit(auditFile: string): Promise<FileProblem | undefined> {
  const file = new AuditFile(auditFile);
  try {
    return await file.check();
  } catch (thrown) {
    if (thrown instanceof FileProblem) return thrown;
    throw thrown;
  } finally {
    await file.close();
  }
}
