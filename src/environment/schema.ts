/**
 * Reads foreign GraphQL schemas within bounds, piece by piece, so that other calls are served in between. A text that
 * is not a schema is reported as such, and never counts as a schema without types.
 */
import {
  type ASTNode,
  type DefinitionNode,
  type DirectiveNode,
  GraphQLError,
  Kind,
  Lexer,
  type NamedTypeNode,
  parse,
  Source,
  TokenKind,
} from 'graphql';
import { createSlices } from '../lib/event-loop.ts';

/** What was read, or what is wrong with the schema: "does not parse". */
export type SchemaReading<Value> = { readonly value: Value } | { readonly unreadable: string };

const MOST_CHARACTERS = 1_000_000;
/** Comments and descriptions are one token each, however many lines they have. */
const MOST_LINES = 100_000;
const MOST_TOKENS = 300_000;
/** Of one definition, or of a run of definitions without braces. */
const MOST_TOKENS_OF_ONE = 20_000;
const DEEPEST = 200;
/** The least number of tokens that is parsed at once: about a millisecond of work. */
const PIECE_TOKENS = 2_000;

/** Its message says what is wrong with the schema. */
class Unreadable extends Error {}

const tooLarge = (bound: number, of: string) =>
  new Unreadable(`is too large to be read (more than ${bound} ${of})`);

function checkLength(text: string): void {
  if (text.length > MOST_CHARACTERS) throw tooLarge(MOST_CHARACTERS, 'characters');
  let lines = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x0a || character === 0x0d) lines += 1;
  }
  if (lines > MOST_LINES) throw tooLarge(MOST_LINES, 'lines');
}

const opening: readonly string[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const closing: readonly string[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/** A part of a schema that holds whole definitions. */
interface Piece {
  readonly text: string;
  /** Where it starts in the schema, in characters. */
  readonly start: number;
  /** Its first line, from 1. */
  readonly line: number;
}

/** Cuts a schema after braces that end a definition. @throws Unreadable, GraphQLError */
function* piecesOf(text: string): Generator<Piece> {
  checkLength(text);
  const lexer = new Lexer(new Source(text));
  let [start, line, depth, tokens, tokensBefore] = [0, 1, 0, 0, 0];
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    // Each token refers to the one before it. Without that link, garbage collection can free tokens early.
    Object.assign(token, { prev: null });
    tokens += 1;
    if (tokens > MOST_TOKENS) throw tooLarge(MOST_TOKENS, 'tokens');
    if (tokens - tokensBefore > MOST_TOKENS_OF_ONE)
      throw tooLarge(MOST_TOKENS_OF_ONE, 'tokens in one definition');
    if (opening.includes(token.kind)) depth += 1;
    if (closing.includes(token.kind)) depth -= 1;
    if (depth > DEEPEST) throw new Unreadable(`nests deeper than ${DEEPEST} levels`);
    const endsOne = token.kind === TokenKind.BRACE_R && depth === 0;
    if (!endsOne || tokens - tokensBefore < PIECE_TOKENS) continue;
    yield { text: text.slice(start, token.end), start, line };
    [start, line, tokensBefore] = [token.end, token.line, tokens];
  }
  if (tokens === 0) throw new Unreadable('holds no definition');
  if (tokens > tokensBefore) yield { text: text.slice(start), start, line };
}

const lineOf = ({ locations }: GraphQLError) => locations?.[0]?.line ?? 1;

const doesNotParse = (line: number) => new Unreadable(`does not parse as GraphQL (line ${line})`);

function definitionsIn({ text, line }: Piece, noLocation: boolean): readonly DefinitionNode[] {
  try {
    return parse(text, { noLocation, maxTokens: MOST_TOKENS_OF_ONE }).definitions;
  } catch (thrown) {
    if (thrown instanceof GraphQLError) throw doesNotParse(line - 1 + lineOf(thrown));
    throw thrown;
  }
}

/** Where a definition stands in the schema, in characters; the end is exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** @returns why the schema cannot be read to its end; undefined where it was read */
async function readPieces(
  text: string,
  noLocation: boolean,
  take: (definitions: readonly DefinitionNode[], piece: Piece) => void,
): Promise<string | undefined> {
  const nextStep = createSlices();
  try {
    for (const piece of piecesOf(text)) {
      take(definitionsIn(piece, noLocation), piece);
      await nextStep();
    }
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Unreadable) return thrown.message;
    if (thrown instanceof GraphQLError) return doesNotParse(lineOf(thrown)).message;
    throw thrown;
  }
}

/**
 * Reads a schema: passes its definitions to `take`, in order, some at a time.
 * @returns why it cannot be read to its end; undefined where it was read
 */
export const readInPieces = (
  text: string,
  take: (definitions: readonly DefinitionNode[]) => void,
): Promise<string | undefined> => readPieces(text, true, take);

/** The same, one definition at a time. */
export const readDefinitions = (
  text: string,
  take: (definition: DefinitionNode) => void,
): Promise<string | undefined> =>
  readInPieces(text, definitions => {
    for (const definition of definitions) take(definition);
  });

/** The same with the place of the definition, its description included. */
export const readPlaces = (
  text: string,
  take: (definition: DefinitionNode, place: Place) => void,
): Promise<string | undefined> =>
  readPieces(text, false, (definitions, { start }) => {
    for (const definition of definitions) {
      const { start: from = 0, end = 0 } = definition.loc ?? {};
      take(definition, { start: start + from, end: start + end });
    }
  });

type Use = NamedTypeNode | DirectiveNode;

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'kind' in value;

/** Visits a node's members in their order. The nesting of a schema is bounded, and so is this recursion. */
function visitUsesIn(node: ASTNode, take: (used: Use) => void): void {
  if (node.kind === Kind.NAMED_TYPE || node.kind === Kind.DIRECTIVE) take(node);
  for (const member of Object.values(node)) {
    if (Array.isArray(member)) for (const one of member) visitUsesIn(one, take);
    else if (isNode(member) && member.kind !== Kind.NAME) visitUsesIn(member, take);
  }
}

/** Visits the types and directives that definitions use, each with the definition that uses it. */
export function visitUses(
  definitions: readonly DefinitionNode[],
  take: (used: Use, definition: DefinitionNode) => void,
): void {
  for (const definition of definitions) visitUsesIn(definition, used => take(used, definition));
}
