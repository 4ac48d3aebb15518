/**
 * The groups of the mutation tester: the files that it mutates, and the tests that must fail for each mutant. Only tests that
 * run the source in their own process can fail; tests of the built command run code without mutants.
 * @type {Readonly<Record<string,
 *   { readonly mutate: string[], readonly tests: string[], readonly usesSandbox?: true }>>}
 */
export const groups = {
  policy: {
    mutate: ['src/policy/decide.ts', 'src/policy/secrets.ts', 'src/lib/glob.ts'],
    tests: [
      'test/policy/decide.test.ts',
      'test/policy/confirming.test.ts',
      'test/policy/secrets.test.ts',
      'test/lib/glob.test.ts',
    ],
  },
  redaction: {
    mutate: ['src/secrets/redaction.ts', 'src/lib/redact.ts'],
    tests: [
      'test/secrets/redaction.test.ts',
      'test/lib/redact-by-form.test.ts',
      'test/lib/redact-by-name.test.ts',
    ],
  },
  sending: {
    mutate: [
      'src/aws/client.ts',
      'src/aws/read-signals.ts',
      'src/call/send.ts',
      'src/aws/retry.ts',
      'src/aws/failures.ts',
      'src/aws/service-reads.ts',
    ],
    tests: [
      'test/aws/client.test.ts',
      'test/aws/traffic.test.ts',
      'test/call/send.test.ts',
      'test/aws/failures.test.ts',
      'test/aws/failure-words.test.ts',
      'test/aws/retry.test.ts',
      'test/aws/service-reads.test.ts',
      'test/aws/service-signals.test.ts',
    ],
  },
  'lost-writes': {
    mutate: [
      'src/call/reconcile.ts',
      'src/call/evidence.ts',
      'src/call/write-ledger.ts',
      'src/aws/evidence-reads.ts',
      'src/aws/sent-configuration.ts',
    ],
    tests: [
      'test/call/reconcile.test.ts',
      'test/call/reconcile-jobs.test.ts',
      'test/call/reconcile-effects.test.ts',
      'test/call/write-ledger.test.ts',
      'test/aws/evidence-reads.test.ts',
      'test/aws/sent-configuration.test.ts',
    ],
  },
  confirmation: {
    mutate: [
      'src/call/authorize/confirmation.ts',
      'src/call/authorize/confirmation-store.ts',
      'src/call/authorize/confirmation-token.ts',
      'src/call/authorize/page-approval.ts',
      'src/call/authorize/question-time.ts',
      'src/mcp/confirm.ts',
      'src/mcp/page-question.ts',
    ],
    tests: [
      'test/call/authorize/confirmation-token.test.ts',
      'test/call/authorize/confirmation-ways.test.ts',
      'test/call/authorize/page-approval.test.ts',
      'test/call/authorize/shared-confirmations.test.ts',
      'test/mcp/confirm.test.ts',
      'test/mcp/page-question.test.ts',
    ],
  },
  'http-guard': {
    mutate: ['src/http/token-guard.ts', 'src/http/authorization.ts', 'src/server/callers.ts'],
    tests: [
      'test/http/token-guard.test.ts',
      'test/http/token-keys.test.ts',
      'test/http/token-answers.test.ts',
      'test/http/authorization.test.ts',
      'test/server/callers.test.ts',
    ],
  },
  // The tests of the following groups start the sandbox, so they take longer.
  gate: {
    usesSandbox: true,
    mutate: ['src/call/authorize/authorize.ts'],
    tests: [
      'test/call/authorize/authorize.test.ts',
      'test/call/authorize/plan.test.ts',
      'test/call/authorize/several.test.ts',
      'test/call/authorize/in-migration.test.ts',
    ],
  },
  'pending-jobs': {
    usesSandbox: true,
    mutate: ['src/call/pending-job.ts'],
    tests: ['test/call/pending-job.test.ts'],
  },
};
