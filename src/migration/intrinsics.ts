/**
 * Resolves the functions of a CloudFormation template (`Ref`, `Fn::Join`, `Fn::If` ...) with a stack's deployed parameters
 * and outputs. What cannot be known stays in the text as `${LogicalId}` or `${LogicalId.Attribute}`, or is `unresolved`.
 * Work and texts are bounded: a template can be hostile.
 */
import { isObject, type Json, memberOf, objectOf } from '../lib/json.ts';

/** Stands for a value that the stack's facts do not give. */
export const unresolved: unique symbol = Symbol('unresolved');

/** What a template's functions refer to. */
export interface Scope {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly conditions: Json;
  readonly mappings: Json;
  /** `AWS::Region` ... */
  readonly pseudo: Readonly<Record<string, string>>;
  /** What `Ref` of a resource gives, where it is known. */
  readonly physicalId: (logicalId: string) => string | undefined;
  /** What `Fn::GetAtt` gives, where it is known. */
  readonly attribute: (logicalId: string, name: string) => string | undefined;
  /** What another stack exports under a name, where it is known. */
  readonly imported: (name: string) => string | undefined;
}

/** Values that one stack may resolve, and the depth and the texts of each: more than real templates have. */
const MOST_VALUES = 300_000;
const MOST_DEPTH = 60;
const LONGEST_TEXT = 4_096;
const LONGEST_LIST = 2_000;

const asText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};

const boundText = (text: string) => (text.length > LONGEST_TEXT ? unresolved : text);

/** Whether a text holds a part that is not known. A variable of an IAM policy counts as known. */
export const hasUnknownPart = (text: string): boolean =>
  text
    .split('${')
    .slice(1)
    .some(part => part.includes('}') && !part.startsWith('cognito-') && !part.startsWith('aws:'));

export class Resolver {
  readonly #scope: Scope;
  readonly #conditions = new Map<string, boolean | undefined>();
  #left = MOST_VALUES;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Whether values were left out because the template holds too many. */
  get exhausted(): boolean {
    return this.#left <= 0;
  }

  /** The value with its functions resolved; undefined where the template removes it (`AWS::NoValue`). */
  resolve(value: unknown, depth = 0): unknown {
    this.#left -= 1;
    if (this.#left <= 0 || depth > MOST_DEPTH) return unresolved;
    if (Array.isArray(value)) return this.#list(value, depth);
    if (!isObject(value)) return value;
    const names = Object.keys(value);
    const [name = ''] = names;
    if (names.length === 1 && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::')))
      return this.#call(name, value[name], depth + 1);
    const resolved = names.flatMap(member => {
      const found = this.resolve(value[member], depth + 1);
      return found === undefined ? [] : [[member, found] as const];
    });
    return Object.fromEntries(resolved);
  }

  /** Whether a condition holds; undefined where that is not known. */
  condition(name: string, depth = 0): boolean | undefined {
    if (this.#conditions.has(name)) return this.#conditions.get(name);
    // A condition that refers to itself ends here.
    this.#conditions.set(name, undefined);
    const holds = this.#holds(memberOf(this.#scope.conditions, name), depth + 1);
    this.#conditions.set(name, holds);
    return holds;
  }

  #list(values: readonly unknown[], depth: number): unknown {
    if (values.length > LONGEST_LIST) return unresolved;
    return values.map(value => this.resolve(value, depth + 1)).filter(value => value !== undefined);
  }

  #call(name: string, argument: unknown, depth: number): unknown {
    const list = Array.isArray(argument) ? argument : [];
    switch (name) {
      case 'Ref':
        return typeof argument === 'string' ? this.#reference(argument) : unresolved;
      case 'Fn::GetAtt':
        return this.#attributeOf(argument);
      case 'Fn::Join':
        return this.#join(list, depth);
      case 'Fn::Sub':
        return this.#substitute(argument, depth);
      case 'Fn::If': {
        const holds = typeof list[0] === 'string' ? this.condition(list[0], depth) : undefined;
        return holds === undefined ? unresolved : this.resolve(holds ? list[1] : list[2], depth);
      }
      case 'Fn::Split': {
        const [separator, text] = list.map(item => asText(this.resolve(item, depth)));
        return separator && text !== undefined ? text.split(separator) : unresolved;
      }
      case 'Fn::Select': {
        const index = Number(asText(this.resolve(list[0], depth)));
        const items = this.resolve(list[1], depth);
        return Array.isArray(items) ? (items[index] ?? unresolved) : unresolved;
      }
      case 'Fn::ImportValue': {
        const exported = asText(this.resolve(argument, depth));
        return (exported === undefined ? undefined : this.#scope.imported(exported)) ?? unresolved;
      }
      case 'Fn::FindInMap': {
        const [map = '', top = '', second = ''] = list.map(item => asText(this.resolve(item, depth)));
        return memberOf(memberOf(memberOf(this.#scope.mappings, map), top), second) ?? unresolved;
      }
      default: {
        const holds = this.#holds({ [name]: argument }, depth);
        return holds ?? unresolved;
      }
    }
  }

  #reference(name: string): unknown {
    const { parameters, pseudo, physicalId } = this.#scope;
    if (name === 'AWS::NoValue') return undefined;
    if (name.startsWith('AWS::')) return memberOf(pseudo, name) ?? `\${${name}}`;
    return memberOf(parameters, name) ?? physicalId(name) ?? `\${${name}}`;
  }

  #attributeOf(argument: unknown): unknown {
    const parts = typeof argument === 'string' ? argument.split('.') : argument;
    if (!Array.isArray(parts) || !parts.every(part => typeof part === 'string')) return unresolved;
    const [logicalId = '', ...rest] = parts as string[];
    const attribute = rest.join('.');
    return this.#scope.attribute(logicalId, attribute) ?? `\${${logicalId}.${attribute}}`;
  }

  #join([separator, items]: readonly unknown[], depth: number): unknown {
    const parts = this.resolve(items, depth);
    const between = asText(separator);
    if (!Array.isArray(parts) || between === undefined) return unresolved;
    return boundText(parts.map(part => asText(part) ?? `\${?}`).join(between));
  }

  #substitute(argument: unknown, depth: number): unknown {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument];
    if (typeof pattern !== 'string' || pattern.length > LONGEST_TEXT) return unresolved;
    const given = objectOf(variables);
    return boundText(
      pattern.replace(/\$\{([^}]{1,300})\}/g, (whole, name: string) => {
        // `${!Literal}` is written out as `${Literal}`.
        if (name.startsWith('!')) return `\${${name.slice(1)}}`;
        const value = Object.hasOwn(given, name)
          ? this.resolve(given[name], depth)
          : name.includes('.')
            ? this.#attributeOf(name)
            : this.#reference(name);
        return asText(value) ?? whole;
      }),
    );
  }

  #holds(value: unknown, depth: number): boolean | undefined {
    this.#left -= 1;
    if (!isObject(value) || depth > MOST_DEPTH || this.#left <= 0) return undefined;
    const [name = ''] = Object.keys(value);
    const list = Array.isArray(value[name]) ? (value[name] as readonly unknown[]) : [];
    const all = () => list.slice(0, LONGEST_LIST).map(item => this.#holds(item, depth + 1));
    switch (name) {
      case 'Condition':
        return typeof value[name] === 'string' ? this.condition(value[name], depth) : undefined;
      case 'Fn::Equals': {
        const [left, right] = list.map(item => asText(this.resolve(item, depth + 1)));
        const isKnown = [left, right].every(text => text !== undefined && !text.includes('${'));
        return isKnown ? left === right : undefined;
      }
      case 'Fn::Not': {
        const [holds] = all();
        return holds === undefined ? undefined : !holds;
      }
      case 'Fn::And': {
        const held = all();
        return held.includes(false) ? false : held.includes(undefined) ? undefined : true;
      }
      case 'Fn::Or': {
        const held = all();
        return held.includes(true) ? true : held.includes(undefined) ? undefined : false;
      }
      default:
        return undefined;
    }
  }
}
