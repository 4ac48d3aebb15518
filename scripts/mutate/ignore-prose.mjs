/** Leaves the texts for readers as they are: a string with a blank in it is prose; their words are not promised. */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

const isPlain = ({ type }) =>
  /^(Identifier|MemberExpression|OptionalMemberExpression|CallExpression)$/.test(type);

function isProse({ node }) {
  if (node.type === 'StringLiteral') return /\s/.test(node.value);
  if (node.type !== 'TemplateLiteral') return false;
  return node.quasis.some(({ value }) => /\s/.test(value.raw)) && node.expressions.every(isPlain);
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'prose', {
    shouldIgnore: path => (isProse(path) ? 'prose' : undefined),
  }),
];
