/** What scenarios of the suite need that is not there to be tried: each pattern with its reason, which the run prints. */

/** @typedef {readonly (readonly [pattern: RegExp, reason: string])[]} Lacks */

/**
 * Of the product: those that match are tried against fixtures, or not at all.
 * @type {Lacks}
 */
export const productLacks = [
  [/^tools-call-|^json-schema-2020-12$/, 'a tool of the suite'],
  [/^elicitation-|^server-sse-polling$/, 'a tool of the suite that asks'],
  [
    /^input-required-result-(?!unsupported-methods|validate-input)/,
    'a tool or prompt of the suite that asks',
  ],
  [/^tasks-/, 'a tool of the suite that computes'],
  [/^resources-(read|templates|subscribe|unsubscribe)/, 'a resource of the suite'],
  [/^prompts-get-|^completion-complete$/, 'a prompt of the suite'],
  [
    /^logging-set-level$/,
    'logging over the protocol, which the product does not offer: its log is for operators',
  ],
  [/^caching$/, 'a resource in the list, where the product lists jobs that run'],
  [/^server-stateless$/, "the suite's diagnostic tools"],
  [/^http-custom-header-server-validation$/, 'a tool with headers of its own'],
  [/^sep-2640-/, 'skills, which the product does not offer'],
];

/**
 * Of the fixtures: nothing but what no part of this project is for.
 * @type {Lacks}
 */
export const fixturesLack = [
  [/^sep-2640-/, 'skills, an extension of which nothing here is a part, and which no revision requires'],
];
