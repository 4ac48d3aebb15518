/** What the mutation tester found, as docs/testing.md tells it. */

/**
 * What is read of a report of Stryker's; lines and columns begin at 1.
 * @typedef {{ readonly line: number, readonly column: number }} Position
 * @typedef {{ readonly start: Position, readonly end: Position }} Location
 * @typedef {{ readonly status: string, readonly location: Location, readonly replacement?: string }} Mutant
 * @typedef {{ readonly files: Readonly<Record<string,
 *   { readonly source: string, readonly mutants: readonly Mutant[] }>> }} Report
 */
/**
 * @typedef {{ readonly file: string, readonly total: number, readonly dead: number }} FileResult
 * @typedef {{ readonly place: string, readonly change: string, readonly reason: string | undefined }} Survivor
 * @typedef {{ readonly files: readonly FileResult[], readonly survivors: readonly Survivor[],
 *   readonly unexplained: readonly Survivor[], readonly total: number, readonly dead: number,
 *   readonly score: number }} Results
 */

/** Percent of the mutants that must die. */
export const LEAST_SCORE = 85;

/** @param {string} text */
const oneLine = text => text.replace(/\s+/g, ' ').trim();
/** @param {string} text */
const code = text => `\`\`${text.includes('`') ? ` ${text} ` : text}\`\``;

/**
 * @param {string} source
 * @param {Location} location
 */
function originalOf(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  const cut = lines.map((line, at) =>
    line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined),
  );
  return oneLine(cut.join('\n'));
}

/** @param {string} text */
const shorten = text => (text.length > 100 ? `${text.slice(0, 99)}…` : text);

/**
 * @param {readonly Report[]} reports
 * @param {Readonly<Record<string, readonly string[]>>} reasons by reason, the changes that survive for it, each as
 *   `FILE: ORIGINAL => REPLACEMENT`
 * @returns {Results}
 */
export function resultsOf(reports, reasons) {
  const reasonByChange = new Map(
    Object.entries(reasons).flatMap(([reason, changes]) =>
      changes.map(change => /** @type {const} */ ([change, reason])),
    ),
  );
  /** @type {FileResult[]} */
  const files = [];
  /** @type {Survivor[]} */
  const survivors = [];
  for (const [file, { source, mutants }] of reports.flatMap(report => Object.entries(report.files))) {
    const counted = mutants.filter(({ status }) => /^(Killed|Timeout|Survived|NoCoverage)$/.test(status));
    const alive = counted.filter(({ status }) => /^(Survived|NoCoverage)$/.test(status));
    files.push({ file, total: counted.length, dead: counted.length - alive.length });
    for (const { location, replacement = '' } of alive) {
      const change = `${shorten(originalOf(source, location))} => ${shorten(oneLine(replacement))}`;
      const place = `${file}:${location.start.line}`;
      survivors.push({ place, change, reason: reasonByChange.get(`${file}: ${change}`) });
    }
  }
  const unexplained = survivors.filter(({ reason }) => reason === undefined);
  const total = files.reduce((sum, file) => sum + file.total, 0);
  const dead = files.reduce((sum, file) => sum + file.dead, 0);
  return { files, survivors, unexplained, total, dead, score: (100 * dead) / total };
}

/**
 * Markdown: the figures by file, then the survivors by reason.
 * @param {Results} results
 */
export function tables({ files, survivors, total, dead, score }) {
  /** @type {(name: string, of: number, deadOf: number) => string} */
  const row = (name, of, deadOf) => `| ${name} | ${of} | ${deadOf} | ${((100 * deadOf) / of).toFixed(1)} % |`;
  const byReason = new Map(
    survivors.map(({ reason }) => [reason, survivors.filter(one => one.reason === reason)]),
  );
  const sections = [...byReason].map(([reason = 'Not looked at yet', some]) =>
    [`**${reason}**`, '', ...some.map(({ place, change }) => `- ${place} ${code(change)}`), ''].join('\n'),
  );
  return [
    '| File | Mutants | Die | |',
    '| --- | ---: | ---: | ---: |',
    ...files.map(one => row(`\`${one.file}\``, one.total, one.dead)),
    row('All', total, dead),
    '',
    `${survivors.length} survive, ${score.toFixed(1)} % die:`,
    '',
    ...sections,
  ].join('\n');
}
