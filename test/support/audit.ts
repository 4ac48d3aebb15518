/** The audit file as its readers parse it: the schema of its lines. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const text = z.string().min(1).max(700);
const facts = {
  time: z.iso.datetime(),
  id: z.uuid(),
  who: text,
  caller: z.strictObject({
    key: text,
    client: text.optional(),
    sub: text.optional(),
    email: text.optional(),
    preferred_username: text.optional(),
    name: text.optional(),
  }),
  tool: text,
  account: text,
  arn: text.optional(),
  region: text,
  target: text.optional(),
  serverRequestId: text.optional(),
};

/** A line before a write. */
export const attempt = z.strictObject({
  phase: z.literal('attempt'),
  ...facts,
  request: z.strictObject({
    operation: text,
    method: text,
    path: text,
    body: z.record(z.string(), z.unknown()),
  }),
  decision: text,
});

/** A line after a write. */
export const result = z.strictObject({
  phase: z.literal('result'),
  ...facts,
  outcome: text,
  reason: text.optional(),
  requestId: text.optional(),
  jobId: text.optional(),
});

const line = z.discriminatedUnion('phase', [attempt, result]);
export type AuditLine = z.infer<typeof line>;

/** The lines of a file. Checks each against the schema and the maximum length of a line. */
export function auditLines(file: string): AuditLine[] {
  const [last, ...lines] = readFileSync(file, 'utf8').split('\n').reverse();
  if (last !== '') throw new Error(`the last line has no end: ${last}`);
  return lines.reverse().map(one => {
    if (Buffer.byteLength(one) >= 4_096) throw new Error(`a line of ${Buffer.byteLength(one)} bytes`);
    return line.parse(JSON.parse(one));
  });
}

/** The lines of each write, in the order of the file. */
export function auditedWrites(file: string): AuditLine[][] {
  const writes = new Map<string, AuditLine[]>();
  for (const one of auditLines(file)) writes.set(one.id, [...(writes.get(one.id) ?? []), one]);
  return [...writes.values()];
}

/** A folder that is deleted after the test. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
