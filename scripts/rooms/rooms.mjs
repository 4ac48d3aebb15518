/**
 * The rooms of src/: what each is for, and what it may import in addition to itself. `lib` may be imported by all.
 *
 * @typedef {object} Room
 * @property {string} purpose one sentence
 * @property {readonly string[]} imports rooms, files of a room without `.ts`, and packages; a name that ends with `*` stands
 *   for every package that begins so
 * @property {readonly string[]} [types] rooms and packages of which it may import types alone
 */

const AMPLIFY_BACKEND = '@aws-sdk/client-amplifybackend';
const MCP = '@modelcontextprotocol/server';

/** @type {Readonly<Record<string, Room>>} in an order in which each room imports only rooms after it */
export const rooms = {
  cli: {
    purpose: 'The bin and the commands that people type; the only code that touches the process.',
    imports: [
      ...['server', 'mcp', 'call', 'aws', 'secrets', 'operations', 'sandbox', 'errors', '../package.json'],
      ...['commander', 'picocolors', 'wrap-ansi'],
      ...['yaml', 'zod', '@modelcontextprotocol/client', 'open', 'node:*'],
      // For `install`: hosts' files in JSON with comments and TOML, a diff, an atomic write, a host's own command.
      ...['jsonc-parser', '@decimalturn/toml-patch', 'diff', 'write-file-atomic', 'cross-spawn', 'which'],
    ],
    types: ['jobs'],
  },
  server: {
    purpose: 'Composition: one application per caller, lazy loading, settings, start and shutdown.',
    imports: [
      ...[
        'http',
        'mcp',
        'replicas',
        'observability',
        'tools',
        'tool-search',
        'call',
        'policy',
        'aws',
        'network',
        'jobs',
      ],
      ...[
        'secrets',
        'operations',
        'sandbox',
        'errors',
        'virtual:tool-catalog',
        'virtual:tool-requests',
        'virtual:ui-sign-in',
        'virtual:page-tools',
        'zod',
      ],
      ...['node:crypto', 'node:fs/promises', 'node:os', 'node:path'],
    ],
    types: [MCP, 'fastify'],
  },
  replicas: {
    purpose: 'What several processes of one hosted server share on Redis.',
    imports: [
      'http/events',
      'jobs',
      'secrets',
      'errors',
      'ioredis',
      'bullmq',
      'node:crypto',
      'node:timers/promises',
    ],
    types: ['http', 'call'],
  },
  http: {
    purpose: 'MCP over streamable HTTP: token checks, callers, sessions, streams and limits.',
    imports: [
      ...[
        MCP,
        '@modelcontextprotocol/fastify',
        '@modelcontextprotocol/node',
        'fastify',
        '@fastify/cors',
        '@fastify/reply-from',
      ],
      ...['mcp/messages', 'mcp/ui-extension', 'jose', 'rate-limiter-flexible', 'node:*'],
    ],
    types: ['mcp'],
  },
  mcp: {
    purpose:
      "MCP's side: the tool list, results, resources, prompts, completions, confirmations, tasks, subscriptions.",
    imports: [
      'tools',
      'call',
      'policy',
      'jobs',
      'secrets',
      'operations',
      'errors',
      MCP,
      'virtual:ui-page',
      'zod',
      'node:*',
    ],
  },
  observability: {
    purpose: 'Log, metrics and traces.',
    imports: ['aws', 'network', 'errors', 'pino', 'prom-client', '@opentelemetry/*'],
    types: ['call', 'fastify'],
  },
  tools: {
    purpose: 'The tools that are more than one AWS call, a folder for each.',
    imports: [
      'call',
      'tool-search',
      'environment',
      'migration',
      'policy',
      'aws',
      'jobs',
      'secrets',
      'operations',
      'errors',
      'zod',
    ],
  },
  'tool-search': {
    purpose: 'From a sentence to the tools that it means, or to the reason why there is none.',
    imports: ['minisearch', 'stemmer'],
  },
  call: {
    purpose: 'The one path to AWS: validate, authorize, audit, send, reconcile, shape the answer.',
    imports: [
      ...[
        'environment',
        'migration',
        'policy',
        'aws',
        'jobs',
        'secrets',
        'operations',
        'errors',
        AMPLIFY_BACKEND,
      ],
      ...['node:crypto', 'node:fs', 'node:fs/promises', 'node:os', 'node:path'],
    ],
  },
  migration: {
    purpose:
      'The way of an environment from Gen 1 to Gen 2: signs of migration, what Gen 2 uses, readiness, and the proof.',
    imports: ['environment'],
  },
  environment: {
    purpose:
      'The one model of an environment: its resources, settings, identifiers, stacks, and how two compare.',
    imports: ['errors', 'graphql', 'hjson', 'diff'],
  },
  policy: {
    purpose: 'Pure decisions: allow, deny with the reason, or ask a person.',
    imports: ['operations', 'errors'],
  },
  jobs: {
    purpose: 'One watcher for all jobs: one poll per job, whoever asks.',
    imports: ['errors'],
  },
  aws: {
    purpose:
      'Clients, credentials, targets, retries, failures, and the reads that give evidence of a lost write.',
    imports: [
      ...[
        'secrets',
        'network',
        'errors',
        'operations/closest-words',
        'operations/wire',
        AMPLIFY_BACKEND,
        '@aws-sdk/client-amplify',
        '@aws-sdk/client-iam',
      ],
      ...[
        '@aws-sdk/client-cloudformation',
        '@aws-sdk/client-sts',
        '@aws-sdk/credential-providers',
        '@smithy/core',
        'to-fast-properties',
      ],
      ...['node:crypto', 'node:events', 'node:fs', 'node:os', 'node:path'],
    ],
    types: ['operations', '@smithy/types'],
  },
  secrets: {
    purpose: 'The vault, references to secrets, redaction of answers, sealed tokens and their keys.',
    imports: ['operations/wire', 'errors', 'jose', '@aws-sdk/client-kms', 'node:*'],
    types: ['operations'],
  },
  network: {
    purpose: 'How this process reaches other hosts: proxies, certificates, and what prevented a connection.',
    imports: ['agent-base', 'http-proxy-agent', 'https-proxy-agent', 'proxy-from-env', 'undici', 'node:*'],
  },
  operations: {
    purpose: 'The 31 operations of AmplifyBackend, each declared once.',
    imports: ['errors', 'fastest-levenshtein', 'zod', AMPLIFY_BACKEND],
  },
  sandbox: {
    purpose: 'The embedded AmplifyBackend, Amplify, CloudFormation and STS, over real HTTP and SigV4.',
    imports: ['errors', AMPLIFY_BACKEND, 'graphql', 'node:*'],
  },
  errors: {
    purpose: 'Every error that a caller can meet: its code, message and hint.',
    imports: [],
  },
  lib: {
    purpose: 'Small pure functions and data structures for all rooms.',
    imports: [],
  },
};

/** Rooms that every room may import. */
export const leaves = ['lib'];
