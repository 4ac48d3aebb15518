/** Compares how the GraphQL API authorizes callers. */
import { memberOf, textOf } from '../lib/json.ts';
import type { Finding } from './findings.ts';
import type { StackView } from './stack-view.ts';

/** An API, and its modes of authorization. */
export interface ApiModes {
  /** `API_KEY`, `AMAZON_COGNITO_USER_POOLS`, `AWS_IAM`, `OPENID_CONNECT` or `AWS_LAMBDA`. */
  readonly byDefault: string;
  readonly all: readonly string[];
  /** What identifies it in rights: its id, or its place in the templates. */
  readonly keys: readonly string[];
}

/** The GraphQL APIs of one generation. */
export function apisIn(stacks: readonly StackView[]): ApiModes[] {
  return stacks.flatMap(stack =>
    stack.ofType('AWS::AppSync::GraphQLApi').map(api => {
      const byDefault = textOf(stack.property(api, 'AuthenticationType')) ?? 'unknown';
      const more = stack.property(api, 'AdditionalAuthenticationProviders');
      const additional = (Array.isArray(more) ? more : []).flatMap(
        mode => textOf(memberOf(mode, 'AuthenticationType')) ?? [],
      );
      const id = stack.attribute(api.logicalId, 'ApiId');
      return {
        byDefault,
        all: [...new Set([byDefault, ...additional])].sort(),
        keys: [...(id === undefined ? [] : [id]), `${stack.name}|${api.logicalId}`],
      };
    }),
  );
}

/** Settings of an API that affect its callers, with AWS's defaults. */
const settings: readonly (readonly [property: string, byDefault: string, name: string])[] = [
  ['Visibility', 'GLOBAL', 'visibility'],
  ['IntrospectionConfig', 'ENABLED', 'introspection'],
  ['QueryDepthLimit', '0', 'depth of queries'],
  ['ResolverCountLimit', '0', 'resolvers of a query'],
];

function compareSettings(gen1: readonly StackView[], gen2: readonly StackView[]): Finding[] {
  const read = (stacks: readonly StackView[], property: string, byDefault: string) => {
    const [given] = stacks.flatMap(stack =>
      stack.ofType('AWS::AppSync::GraphQLApi').map(api => stack.property(api, property) ?? byDefault),
    );
    return typeof given === 'string' || typeof given === 'number' ? String(given) : undefined;
  };
  return settings.flatMap(([property, byDefault, subject]) => {
    const [before, after] = [read(gen1, property, byDefault), read(gen2, property, byDefault)];
    if (before === undefined || after === undefined || before === after) return [];
    return [{ area: 'api', change: 'changed', subject, gen1: before, gen2: after }];
  });
}

/** Compares the modes and settings of the first API of each generation: an environment has one at most. */
export function compareApis(gen1: readonly StackView[], gen2: readonly StackView[]): Finding[] {
  const [[before], [after]] = [apisIn(gen1), apisIn(gen2)];
  if (!before) return [];
  if (!after)
    return [{ area: 'api', change: 'missing', subject: 'GraphQL API', gen1: before.all.join(', ') }];
  const lost = before.all.filter(mode => !after.all.includes(mode));
  const more = after.all.filter(mode => !before.all.includes(mode));
  return [
    ...compareSettings(gen1, gen2),
    ...(before.byDefault === after.byDefault
      ? []
      : [
          {
            area: 'api' as const,
            change: 'changed' as const,
            subject: 'default mode',
            gen1: before.byDefault,
            gen2: after.byDefault,
          },
        ]),
    ...lost.map(mode => ({
      area: 'api' as const,
      change: 'missing' as const,
      subject: `mode ${mode}`,
      gen1: mode,
    })),
    ...more.map(mode => ({
      area: 'api' as const,
      change: 'wider' as const,
      subject: `mode ${mode}`,
      gen2: mode,
    })),
  ];
}
