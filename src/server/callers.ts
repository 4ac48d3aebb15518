/**
 * What a caller may do, by the claims of one token: the targets that the rules give them, the policy that holds for
 * them, and the names under which they and these rights are known. No rule, no access. Worked out for every request
 * from that request's own token.
 */
import { createHash } from 'node:crypto';
import type { Person } from '../call/dispatch.ts';
import { LruMap } from '../lib/lru-map.ts';
import { scopes as knownScopes } from '../policy/decide.ts';
import type { SecretLists } from '../policy/secrets.ts';
import { digestOf } from '../secrets/digest.ts';
import type { Config } from './settings.ts';

/** The claims of a checked token. */
export type Claims = Readonly<Record<string, unknown>>;

/** What a token says: its claims, and the scopes in it, of which some may mean nothing here. */
export interface TokenFacts {
  readonly claims: Claims;
  readonly scopes: readonly string[];
}

/** A configuration as it is for one caller. */
export interface OwnConfig extends Config {
  /** By target, the lists of secrets that may be named with it. */
  readonly secretLists?: Readonly<Record<string, SecretLists>>;
}

/** What one token gives its bearer. */
export interface Rights {
  /** Names the person or program: one issuer's one subject, whatever their tokens allow. */
  readonly caller: string;
  /** Names them together with exactly these rights; other rights, another key. */
  readonly key: string;
  /** Who that is, for the audit. */
  readonly person: Person;
  /** What of the token they follow from; another token that says the same gives the same. */
  readonly token: TokenFacts;
  /** The configuration as it is for them. */
  readonly config: OwnConfig;
}

/** Works out what a token gives; undefined where no rule gives its bearer anything. */
export type RightsOf = (token: TokenFacts) => Rights | undefined;

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

/** The secrets that may be named with a target: those of any rule that leads to it, and of these the target's own. */
function secretsFor({ secrets }: Config['targets'][string], rules: readonly Rule[]): SecretLists {
  const ofRules = [...new Set(rules.flatMap(rule => rule.secrets ?? []))].sort();
  return secrets === undefined ? [ofRules] : [ofRules, secrets];
}

/** What the rules give, and nothing of what they have no word in; undefined where that is no target. */
function granted(config: Config, { claims, scopes }: TokenFacts) {
  const rules = Object.values(config.callers).filter(rule => fits(rule, claims));
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
 * Makes what reads the claims that rules look at: of one that becomes a tag its text, of the others the values that
 * some rule asks for. Tokens that read alike give the same rights.
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
      read.filter(name => Object.hasOwn(claims, name)).map(name => [name, readOne(name, claims[name])]),
    );
}

/** How many answers are remembered: callers send many requests with what is, for the rules, the same token. */
const MOST_REMEMBERED = 2_000;

/** Makes what works out rights. An answer depends on nothing but what it is remembered by. */
export function createRights(config: Config): RightsOf {
  const readClaims = createClaimReader(Object.values(config.callers));
  const remembered = new LruMap<string, Rights | undefined>(MOST_REMEMBERED);

  function workOut(token: TokenFacts): Rights | undefined {
    const own = granted(config, token);
    if (!own) return undefined;
    const caller = callerKeyOf(token.claims);
    const person = personOf(token.claims);
    // By the person's name too: the audit says who it was by the token of the very call.
    const key = `${caller}.${digestOf([own, person])}`;
    return { caller, key, person, token, config: { ...config, ...own } };
  }

  return ({ claims, scopes }) => {
    const token = { claims: readClaims(claims), scopes: knownScopes.filter(scope => scopes.includes(scope)) };
    return remembered.getOrCreate(digestOf(token), () => workOut(token));
  };
}
