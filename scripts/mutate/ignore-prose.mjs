/** Excludes prose from mutation, since tests need not check its words. Every string with a blank in it counts as prose. */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/**
 * @typedef {{ readonly type: 'StringLiteral', readonly value: string }} StringLiteral
 * @typedef {{ readonly type: 'TemplateLiteral', readonly quasis: readonly { readonly value: { readonly raw: string } }[],
 *   readonly expressions: readonly { readonly type: string }[] }} TemplateLiteral
 * @typedef {{ readonly type: 'Identifier' }} OtherNode one of many kinds, none of which is prose
 */

/** @param {{ readonly type: string }} node */
const isPlain = ({ type }) =>
  /^(Identifier|MemberExpression|OptionalMemberExpression|CallExpression)$/.test(type);

/** @param {StringLiteral | TemplateLiteral | OtherNode} node */
function isProse(node) {
  if (node.type === 'StringLiteral') return /\s/.test(node.value);
  if (node.type !== 'TemplateLiteral') return false;
  return node.quasis.some(({ value }) => /\s/.test(value.raw)) && node.expressions.every(isPlain);
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'prose', {
    /** @param {{ readonly node: StringLiteral | TemplateLiteral | OtherNode }} path Babel's; Stryker's type of it is empty */
    shouldIgnore: ({ node }) => (isProse(node) ? 'prose' : undefined),
  }),
];
