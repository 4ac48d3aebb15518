/**
 * Who a caller is to this server, by the claims of their token: the targets that the rules give them, the policy
 * that holds for them, and the name under which everything of theirs is kept apart. No rule, no access.
 */
import { createHash } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Person } from '../execute.ts';
import type { Scope } from '../policy/decide.ts';

/** The claims of a checked token. */
export type Claims = Readonly<Record<string, unknown>>;

type Rule = Config['callers'][string];

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter(one => typeof one === 'string');

/** Whether the claims have all that a rule asks for. */
function fits({ when }: Rule, claims: Claims): boolean {
  return Object.entries(when).every(([claim, wanted]) => {
    const has = Object.hasOwn(claims, claim) ? listOf(claims[claim]) : [];
    return listOf(wanted).some(value => has.includes(value));
  });
}

/** As STS takes a name of a session: it stands in CloudTrail, and says who it was. */
export function sessionNameOf({ sub }: Claims): string {
  const name = String(sub).replace(/[^\w+=,.@-]/g, '-');
  return name.length >= 2 ? name.slice(0, 64) : `caller-${name}`;
}

/** The name of a caller in this process and in its handles; two issuers may know the same subject. */
export function callerKeyOf({ iss, sub }: Claims): string {
  return createHash('sha256')
    .update(JSON.stringify([iss, sub]))
    .digest('base64url');
}

/** Claims by which people know each other, the most telling first. */
const names = ['email', 'preferred_username', 'name'] as const;

/** The person behind a token, for the audit: by a name that people know and by the subject, which no other has. */
export function personOf(claims: Claims): Person {
  const sub = String(claims.sub);
  const known = names.flatMap(name => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
  });
  const [first] = known;
  const who = first && first[1] !== sub ? `${first[1]} (${sub})` : sub;
  return { who, claims: { sub, ...Object.fromEntries(known) } };
}

/** What both lists allow, an empty one allowing all; undefined where that is nothing. */
function both(one: readonly string[], other: readonly string[]): string[] | undefined {
  if (one.length === 0 || other.length === 0) return [...one, ...other];
  const shared = one.filter(value => other.includes(value));
  return shared.length > 0 ? shared : undefined;
}

/** The tags of the session, from claims that hold one text. */
const tagsOf = ({ tags = {} }: Rule, claims: Claims) =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([tag, claim]) => {
      const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
      return typeof value === 'string' ? [[tag, value.slice(0, 256)]] : [];
    }),
  );

/** A target as the rules that lead to it leave it; undefined where they leave no app of it. */
function targetFor(
  settings: Config['targets'][string],
  rules: readonly Rule[],
  claims: Claims,
): Config['targets'][string] | undefined {
  const isOpen = rules.some(({ apps = [] }) => apps.length === 0);
  const apps = both(settings.apps ?? [], isOpen ? [] : rules.flatMap(rule => rule.apps ?? []));
  if (!apps) return undefined;
  const sessionTags = Object.assign({}, ...rules.map(rule => tagsOf(rule, claims)));
  return {
    ...settings,
    apps,
    ...(settings.roleArn !== undefined && { sessionName: sessionNameOf(claims), sessionTags }),
  };
}

/** The configuration as it is for one caller; undefined where no rule gives them anything. */
export function configFor(config: Config, claims: Claims, scopes: readonly Scope[]) {
  const rules = Object.values(config.callers).filter(rule => fits(rule, claims));
  const targets = Object.fromEntries(
    Object.entries(config.targets).flatMap(([name, settings]) => {
      const leading = rules.filter(({ target }) => target === name);
      const target = leading.length > 0 && targetFor(settings, leading, claims);
      return target ? [[name, target]] : [];
    }),
  );
  if (Object.keys(targets).length === 0) return undefined;
  return {
    ...config,
    targets,
    scopes,
    // The strictest rule wins.
    readOnly: config.readOnly || rules.some(({ readOnly }) => readOnly === true),
    protected: [...config.protected, ...rules.flatMap(rule => rule.protected ?? [])],
  };
}
