/** What the suite's scenarios need that the product has not: those that match are tried against fixtures, or not at all. */
export const needs = [
  [/^tools-call-|^json-schema-2020-12$/, 'a tool of the suite'],
  [/^elicitation-|^server-sse-polling$/, 'a tool of the suite that asks'],
  [
    /^input-required-result-(?!unsupported-methods|validate-input)/,
    'a tool or prompt of the suite that asks',
  ],
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
