/**
 * What the mutation tester breaks, and the tests that must notice: by group, the files that carry its promises and the
 * tests that hold them. Only tests that run the source in their own process can notice; those of the built command
 * run unbroken code.
 * @type {Readonly<Record<string, { readonly mutate: string[], readonly tests: string[] }>>}
 */
export const groups = {
  policy: {
    mutate: ['src/policy/decide.ts', 'src/policy/secrets.ts', 'src/lib/glob.ts'],
    tests: ['test/policy/decide.test.ts', 'test/policy/secrets.test.ts', 'test/lib/glob.test.ts'],
  },
  redaction: {
    mutate: ['src/aws/redact.ts', 'src/lib/redact.ts'],
    tests: ['test/aws/redact.test.ts', 'test/lib/redact.test.ts'],
  },
  sending: {
    mutate: [
      'src/aws/client.ts',
      'src/aws/request.ts',
      'src/aws/retry.ts',
      'src/aws/failures.ts',
      'src/aws/beside.ts',
    ],
    tests: [
      'test/aws/client.test.ts',
      'test/aws/traffic.test.ts',
      'test/aws/request.test.ts',
      'test/aws/failures.test.ts',
      'test/aws/retry.test.ts',
      'test/aws/beside.test.ts',
    ],
  },
  'lost-writes': {
    mutate: [
      'src/aws/reconcile.ts',
      'src/aws/evidence.ts',
      'src/aws/ledger.ts',
      'src/aws/looks.ts',
      'src/aws/shown-configuration.ts',
    ],
    tests: [
      'test/aws/reconcile.test.ts',
      'test/aws/reconcile-jobs.test.ts',
      'test/aws/reconcile-effects.test.ts',
      'test/aws/ledger.test.ts',
      'test/aws/looks.test.ts',
      'test/aws/shown-configuration.test.ts',
    ],
  },
  confirmation: {
    mutate: [
      'src/execute/confirmation.ts',
      'src/execute/confirmation-token.ts',
      'src/execute/asked-at.ts',
      'src/mcp/confirm.ts',
    ],
    tests: ['test/execute/confirmation.test.ts', 'test/mcp/confirm.test.ts'],
  },
  'http-guard': {
    mutate: ['src/transports/http/guard.ts', 'src/transports/http/authorization.ts', 'src/app/callers.ts'],
    tests: [
      'test/transports/guard.test.ts',
      'test/transports/authorization.test.ts',
      'test/app/callers.test.ts',
    ],
  },
  // Those whose tests need the sandbox, which takes longer.
  gate: {
    mutate: ['src/execute/gate.ts'],
    tests: ['test/execute/gate.test.ts'],
  },
  'pending-jobs': {
    mutate: ['src/aws/pending.ts'],
    tests: ['test/aws/pending.test.ts'],
  },
};
