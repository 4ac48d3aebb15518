/**
 * `npm run bench`, after a build: start-up, memory and what the tool list costs a model, each beside its aim.
 * Figures, never tests: they depend on the machine, which is why start-up is measured against two others.
 */
import { measureStartup } from './startup.mjs';
import { measureTokens } from './tokens.mjs';

const AIM = { startupRatio: 1.2, memoryMb: 65, tokens: 15_000 };
const RUNS = 15;

const print = (line = '') => process.stdout.write(`${line}\n`);
const verdict = good => (good ? 'met' : 'MISSED');
const round = (value, digits = 0) => (value === undefined ? 'n/a' : value.toFixed(digits));

/** Columns as wide as their widest cell; the first is flush left, the others flush right. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => String(row[column]).length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[column]),
    );
    print(`  ${cells.join('  ')}`);
  }
}

const { server, oneTool, bareNode } = await measureStartup(RUNS);
print(
  `Start-up: spawn to answered initialize + tools/list, ms, ${RUNS} interleaved runs (${process.version})`,
);
table([
  ['', 'median', 'fastest', 'ratio', 'peak MB'],
  ...[
    ['amplify-backend-mcp stdio', server],
    ['one tool on the same SDK', oneTool],
    ['node -e 0', bareNode],
  ].map(([name, { median, fastest, memoryMb }]) => [
    name,
    round(median),
    round(fastest),
    round(server.median / median, 2),
    round(memoryMb, 1),
  ]),
]);
const ratio = server.median / oneTool.median;
print(`  aim: at most ${AIM.startupRatio} times the one-tool server: ${verdict(ratio <= AIM.startupRatio)}`);
const light = server.memoryMb === undefined ? 'n/a here' : verdict(server.memoryMb < AIM.memoryMb);
print(`  aim: below ${AIM.memoryMb} MB after tools/list: ${light}`);

const { tools, total } = measureTokens();
print(`\nTokens (o200k) of tools/list, ${tools.length} tools`);
table([
  ['', 'all', 'input', 'output', 'description'],
  ...tools.map(({ name, all, input, output, description }) => [name, all, input, output, description]),
  ['sum of the tools', ...['all', 'input', 'output', 'description'].map(part => sum(part))],
]);
print(`  the whole list: ${total}; aim: at most ${AIM.tokens}: ${verdict(total <= AIM.tokens)}`);

function sum(part) {
  return tools.reduce((result, tool) => result + tool[part], 0);
}
