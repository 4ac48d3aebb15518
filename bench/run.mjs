/**
 * `npm run bench`: measures start-up and memory, the tokens of the tool list and of answers, the polls of a job, the memory of
 * a caller, the delay of the event loop by hostile input, and the endpoint under load, and prints each beside its aim. Times
 * depend on the machine, so they are compared with those of another program and are not tests.
 */
import { measureAnswers } from './answers.mjs';
import { measureCallers } from './callers.mjs';
import { measureDelays } from './delay.mjs';
import { measureHttp } from './http.mjs';
import { measureInventory } from './inventory.mjs';
import { measureJobs } from './jobs.mjs';
import { measureStartup } from './startup.mjs';
import { measureTokens } from './tokens.mjs';
import { measurePage } from './ui-page.mjs';

const AIM = {
  ...{
    startupRatio: 1.2,
    memoryMb: 65,
    fullTokens: 12_500,
    compactTokens: 2800,
    pollShare: 0.2,
    delayShare: 0.05,
  },
  ...{ callShare: 0.9, listShare: 2, awsRatio: 1.5, callersHeapMb: 400, delayMs: 100 },
  ...{ answerCharacters: 12_000, answerTokens: 3000, medianTokens: 600, pageBytes: 200_000 },
  ...{ inventoryRatio: 1.5, inventoryMs: 10_000, inventoryCalls: 4 },
};
const RUNS = 15;

const print = (line = '') => process.stdout.write(`${line}\n`);
/** @param {boolean} good */
const verdict = good => (good ? 'met' : 'MISSED');
/** @type {(value: number | undefined, digits?: number) => string} */
const round = (value, digits = 0) => (value === undefined ? 'n/a' : value.toFixed(digits));

/**
 * Columns as wide as their widest cell; the first is flush left, the others flush right.
 * @param {readonly (readonly (string | number)[])[]} rows all of one length
 */
function table(rows) {
  /** @param {number} column */
  const widthOf = column => Math.max(...rows.map(row => String(row[column]).length));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? String(cell).padEnd(widthOf(column)) : String(cell).padStart(widthOf(column)),
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
    { name: 'amplify-backend-mcp stdio', ...server },
    { name: 'one tool on the same SDK', ...oneTool },
    { name: 'node -e 0', ...bareNode },
  ].map(({ name, median, fastest, memoryMb }) => [
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

const { tools, full, compact, bytes } = measureTokens();
print(
  `\nTokens (o200k) that a model reads of tools/list, ${tools.length} tools: name, description, input schema`,
);
table([
  ['', 'price', 'input', 'description', 'output bytes'],
  ...tools.map(tool => [tool.name, tool.price, tool.input, tool.description, tool.outputBytes]),
]);
for (const { surface, tokens, aim } of [
  { surface: 'full', tokens: full, aim: AIM.fullTokens },
  { surface: 'compact', tokens: compact, aim: AIM.compactTokens },
])
  print(`  the ${surface} surface: ${tokens}; aim: at most ${aim}: ${verdict(tokens <= aim)}`);
print(`  on the wire: ${bytes} bytes`);

const answers = await measureAnswers();
print('\nAnswers about an environment, by its size: characters and o200k tokens');
table([
  ['', 'size', 'text', 'tokens', 'structured', 'tokens'],
  ...answers.map(({ size, tool, text, structured }) => [
    ...[tool, size, text.characters, text.tokens, structured.characters, structured.tokens],
  ]),
]);
const byTokens = answers.map(({ text }) => text.tokens).sort((a, b) => a - b);
const [mostTokens = 0, medianTokens = 0] = [byTokens.at(-1), byTokens[Math.floor(byTokens.length / 2)]];
print(
  `  aim: texts of at most ${AIM.medianTokens} tokens in the median: ${verdict(medianTokens <= AIM.medianTokens)} (${medianTokens})`,
);
print(
  `  aim: none over ${AIM.answerTokens} tokens: ${verdict(mostTokens <= AIM.answerTokens)} (${mostTokens})`,
);
const longestText = Math.max(...answers.map(({ text }) => text.characters));
print(
  `  aim: no text over ${AIM.answerCharacters} characters: ${verdict(longestText <= AIM.answerCharacters)} (${longestText})`,
);

const { jobs, pace, memory } = await measureJobs();
/** @type {(part: number, digits?: number) => string} */
const percent = (part, digits = 0) => `${round(part * 100, digits)} %`;
/** @param {{ readonly typicalMs: number }} jobs */
const lengthOf = ({ typicalMs }) =>
  typicalMs < 60_000 ? `${typicalMs / 1000} s` : `${typicalMs / 60_000} min`;
print(`\nWatching a job to its end, against a look every 2 s; means of ${jobs} jobs`);
table([
  ['jobs of', 'sigma', 'past jobs', 'polls', 'every 2 s', 'share', 'delay s', 'of length', 'every 2 s'],
  ...pace.map(one => [
    ...[lengthOf(one), one.spread, one.pastJobs, round(one.polls, 1), round(one.fixedPolls, 1)],
    ...[percent(one.share), round(one.delayMs / 1000, 1), percent(one.delayShare, 1)],
    round(one.fixedDelayMs / 1000, 1),
  ]),
]);
const foreseen = pace.filter(({ spread, pastJobs }) => spread === 0.15 && pastJobs > 0);
/** @param {'polls' | 'fixedPolls'} part */
const together = part => foreseen.reduce((result, one) => result + one[part], 0);
print(
  `  aims, with past jobs and sigma 0.15: ${percent(AIM.pollShare)} of the polls, delay below ${percent(AIM.delayShare)}`,
);
for (const one of foreseen)
  print(
    `    ${lengthOf(one)}: polls ${verdict(one.share <= AIM.pollShare)}, delay ${verdict(one.delayShare < AIM.delayShare)}`,
  );
const share = together('polls') / together('fixedPolls');
print(`    the three lengths together: polls ${percent(share)}, ${verdict(share <= AIM.pollShare)}`);

print('\nHeap of the watcher, bytes each');
table([
  ['', 'how many', 'bytes'],
  ...memory.map(({ what, count, bytes }) => [
    what === 'job' ? 'watched job with one follower' : 'follower of one job',
    ...[count, bytes],
  ]),
]);

const callers = await measureCallers();
print(
  `\nCallers of a hosted server, each after tools/list, find_operation and a read, on ${callers.limitMb} MB of heap`,
);
table([
  ['callers', 'kB each', 'MB in all'],
  [callers.count, round(callers.perCaller / 1000), round(callers.total / 1e6)],
]);
const fits = callers.total < AIM.callersHeapMb * 1e6;
print(`  aim: ${callers.count} callers below ${AIM.callersHeapMb} MB of heap: ${verdict(fits)}`);

const inventory = await measureInventory();
print(`\nAn inventory of ${inventory.apps} apps, against the same reads by AWS's own clients`);
table([
  ['', 'ms', 'bare reads', 'ratio', 'calls', 'at once'],
  [
    ...['take_inventory', round(inventory.oursMs), round(inventory.bareMs)],
    ...[round(inventory.oursMs / inventory.bareMs, 2), inventory.calls, inventory.most],
  ],
]);
const inventoryRatio = inventory.oursMs / inventory.bareMs;
print(
  `  aim: at most ${AIM.inventoryRatio} times the reads: ${verdict(inventoryRatio <= AIM.inventoryRatio)}`,
);
print(`  aim: below ${AIM.inventoryMs / 1000} s: ${verdict(inventory.oursMs < AIM.inventoryMs)}`);
print(
  `  aim: at most ${AIM.inventoryCalls} calls under way: ${verdict(inventory.most <= AIM.inventoryCalls)}`,
);

const { tools: attacked, long } = await measureDelays();
print("\nLongest delay of the server's event loop under hostile input, ms");
table([['', 'ms'], ...[...attacked, ...long].map(({ what, longestMs }) => [what, round(longestMs)])]);
const longest = Math.max(...[...attacked, ...long].map(({ longestMs }) => longestMs));
print(`  aim: below ${AIM.delayMs}: ${verdict(longest < AIM.delayMs)} (${round(longest)})`);

const { results, overheads } = await measureHttp();
const latencies = /** @type {const} */ (['p50', 'p99', 'cpuMs']);
const eraOf = { 2025: '2025-11-25, sessions', 2026: '2026-07-28' };
/** @type {(kind: 'call' | 'list', title: string, other: string, aim: number) => void} */
function printLoad(kind, title, other, aim) {
  const rows = results.filter(result => result.kind === kind);
  print(`\n${title}, against ${other}: requests per second, latency and CPU in ms`);
  table([
    ['era', 'connections', 'req/s', other, 'share', 'p50', other, 'p99', other, 'CPU', other],
    ...rows.map(({ era, connections, ours, baseline, ratio }) => [
      ...[eraOf[era], connections, round(ours.perSecond), round(baseline.perSecond), round(ratio, 2)],
      ...latencies.flatMap(part => [round(ours[part], 2), round(baseline[part], 2)]),
    ]),
  ]);
  const verdicts = rows.map(row => `${row.era}/${row.connections} ${verdict(row.ratio >= aim)}`);
  print(`  aim: at least ${aim} of its requests per second: ${verdicts.join(', ')}`);
}
printLoad('call', 'tools/call of a read', 'one tool', AIM.callShare);
printLoad('list', 'tools/list', 'SDK', AIM.listShare);

print('\nA read over HTTP on one connection, against the AWS client alone: latency, ms');
table([
  ['era', 'p50', 'AWS alone', 'ratio', 'p99', 'AWS alone'],
  ...overheads.map(({ era, ours, bare }) => [
    ...[eraOf[era], round(ours.p50, 2), round(bare.p50, 2), round(ours.p50 / bare.p50, 2)],
    ...[round(ours.p99, 2), round(bare.p99, 2)],
  ]),
]);
for (const { era, ours, bare } of overheads)
  print(`  aim: below ${AIM.awsRatio} times, ${era}: ${verdict(ours.p50 / bare.p50 < AIM.awsRatio)}`);

const page = await measurePage(RUNS);
print(`\nThe page for hosts that show pages: first paint in Chromium, median of ${RUNS}`);
table([
  ['KB', 'compressed', 'first paint, ms'],
  [round(page.bytes / 1000, 1), round(page.gzipBytes / 1000, 1), round(page.firstPaintMs)],
]);
print(`  aim: at most ${AIM.pageBytes / 1000} KB: ${verdict(page.bytes <= AIM.pageBytes)}`);
