/**
 * The rights of a caller, derived from the claims of one token: the targets that matching rules give, the policy, and
 * keys that name the caller and these rights. Without a matching rule there is no access. Derived for each request from
 * that request's own token.
 */
import { createHash } from 'node:crypto';
import type { Person } from '../call/audit/line.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { claimAt } from '../lib/claims.ts';
import { scopes as knownScopes } from '../policy/decide.ts';
import type { SecretLists } from '../policy/secrets.ts';
import { digestOf } from '../secrets/digest.ts';
import type { Config } from './settings.ts';

/** The claims of a checked token. */
export type Claims = Readonly<Record<string, unknown>>;

/** The claims and scopes of a token; some scopes may be unknown here. */
export interface TokenFacts {
  readonly claims: Claims;
  readonly scopes: readonly string[];
}

/** The configuration of one caller: that of the process, restricted by the rules that match the caller's token. */
export interface CallerConfig extends Config {
  /** The names of secrets that calls may use, by target. */
  readonly secretLists?: Readonly<Record<string, SecretLists>>;
}

/** The rights that one token gives. */
export interface Rights {
  /** Names the person or program by issuer and subject, whatever the token allows. */
  readonly caller: string;
  /** Names the caller with exactly these rights. */
  readonly key: string;
  /** The person, for the audit. */
  readonly person: Person;
  /** The facts that these rights were derived from. */
  readonly token: TokenFacts;
  /** The configuration that holds for them. */
  readonly config: CallerConfig;
}

/** Derives the rights of a token; undefined where no rule matches. */
export type RightsOf = (token: TokenFacts) => Rights | undefined;

type Rule = Config['callers'][string];

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter(one => typeof one === 'string');

/** Whether the claims satisfy a rule. */
function matchesRule({ when }: Rule, claims: Claims): boolean {
  return Object.entries(when).every(([claim, wanted]) => {
    const has = listOf(claimAt(claims, claim));
    return listOf(wanted).some(value => has.includes(value));
  });
}

/** The name of the STS session, in the characters that STS allows; CloudTrail shows it. */
export function sessionNameOf({ sub }: Claims): string {
  const name = String(sub).replace(/[^\w+=,.@-]/g, '-');
  return name.length >= 2 ? name.slice(0, 64) : `caller-${name}`;
}

/** The key of a caller in this process and in sealed tokens. It includes the issuer: two may know the same subject. */
export function callerKeyOf({ iss, sub }: Claims): string {
  return createHash('sha256')
    .update(JSON.stringify([iss, sub]))
    .digest('base64url');
}

/** Claims that name a person, best first. */
const names = ['email', 'preferred_username', 'name'] as const;

/** The person behind a token, for the audit: a readable name, and the unique subject. */
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

/** The intersection of two lists, where an empty list allows all; undefined where nothing is left. */
function intersect(one: readonly string[], other: readonly string[]): string[] | undefined {
  if (one.length === 0 || other.length === 0) return [...one, ...other];
  const shared = one.filter(value => other.includes(value));
  return shared.length > 0 ? shared : undefined;
}

/** The STS session tags, from claims that hold a single string. */
const tagsOf = ({ tags = {} }: Rule, claims: Claims) =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([tag, claim]) => {
      const value = claimAt(claims, claim);
      return typeof value === 'string' ? [[tag, value.slice(0, 256)]] : [];
    }),
  );

/** A target, restricted by the rules that lead to it; undefined where no app is left. */
function targetFor(
  settings: Config['targets'][string],
  rules: readonly Rule[],
  claims: Claims,
): Config['targets'][string] | undefined {
  const isOpen = rules.some(({ apps = [] }) => apps.length === 0);
  const apps = intersect(settings.apps ?? [], isOpen ? [] : rules.flatMap(rule => rule.apps ?? []));
  if (!apps) return undefined;
  const sessionTags = Object.assign({}, ...rules.map(rule => tagsOf(rule, claims)));
  return {
    ...settings,
    apps,
    ...(settings.roleArn !== undefined && { sessionName: sessionNameOf(claims), sessionTags }),
  };
}

/** The secrets that calls to a target may use: allowed by a rule that leads to it and by the target itself. */
function secretsFor({ secrets }: Config['targets'][string], rules: readonly Rule[]): SecretLists {
  const ofRules = [...new Set(rules.flatMap(rule => rule.secrets ?? []))].sort();
  return secrets === undefined ? [ofRules] : [ofRules, secrets];
}

/** The settings that the matching rules change; undefined where no target is left. */
function grantedBy(config: Config, { claims, scopes }: TokenFacts) {
  const rules = Object.values(config.callers).filter(rule => matchesRule(rule, claims));
  const own = Object.entries(config.targets).flatMap(([name, settings]) => {
    const leading = rules.filter(({ target }) => target === name);
    const target = leading.length > 0 && targetFor(settings, leading, claims);
    return target ? [{ name, target, secrets: secretsFor(settings, leading) }] : [];
  });
  if (own.length === 0) return undefined;
  return {
    targets: Object.fromEntries(own.map(({ name, target }) => [name, target])),
    secretLists: Object.fromEntries(own.map(({ name, secrets }) => [name, secrets])),
    scopes: knownScopes.filter(scope => scopes.includes(scope)),
    // The strictest rule wins.
    readOnly: config.readOnly || rules.some(rule => rule.readOnly === true),
    protected: [...new Set([...config.protected, ...rules.flatMap(rule => rule.protected ?? [])])].sort(),
  };
}

/**
 * Creates a function that keeps of a token's claims only what rules and tags use. Tokens with the same result have the
 * same rights.
 */
function createClaimReader(rules: readonly Rule[]): (claims: Claims) => Claims {
  const texts = new Set(['iss', 'sub', ...names, ...rules.flatMap(({ tags = {} }) => Object.values(tags))]);
  const asked = new Map<string, Set<string>>();
  for (const [claim, values] of rules.flatMap(({ when }) => Object.entries(when)))
    asked.set(claim, new Set([...(asked.get(claim) ?? []), ...listOf(values)]));

  function readOne(claim: string, value: unknown): string | string[] {
    if (typeof value === 'string' && texts.has(claim)) return value;
    return [...new Set(listOf(value).filter(one => asked.get(claim)?.has(one)))].sort();
  }

  const read = [...new Set([...texts, ...asked.keys()])];
  return claims =>
    Object.fromEntries(
      read.flatMap(path => {
        const value = claimAt(claims, path);
        return value === undefined ? [] : [[path, readOne(path, value)]];
      }),
    );
}

/** How many results are cached: callers send many requests with equal claims. */
const MOST_REMEMBERED = 2_000;

/** Derives rights and caches them. The rights depend on nothing but the cache key. */
export function createRights(config: Config): RightsOf {
  const readClaims = createClaimReader(Object.values(config.callers));
  const remembered = new BoundedMap<string, Rights | undefined>(MOST_REMEMBERED);

  function deriveRights(token: TokenFacts): Rights | undefined {
    const own = grantedBy(config, token);
    if (!own) return undefined;
    const caller = callerKeyOf(token.claims);
    const person = personOf(token.claims);
    // The key includes the person's name, so that the audit names the person as the token of this call does.
    const key = `${caller}.${digestOf([own, person])}`;
    return { caller, key, person, token, config: { ...config, ...own } };
  }

  return ({ claims, scopes }) => {
    const token = { claims: readClaims(claims), scopes: knownScopes.filter(scope => scopes.includes(scope)) };
    return remembered.getOrCreate(digestOf(token), () => deriveRights(token));
  };
}
