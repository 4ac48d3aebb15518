/** What the mutation tester found, as docs/testing.md tells it. */

/** Percent of the mutants that must die. */
export const LEAST_SCORE = 85;

const oneLine = text => text.replace(/\s+/g, ' ').trim();
const code = text => `\`\`${text.includes('`') ? ` ${text} ` : text}\`\``;

function originalOf(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return oneLine(lines.join('\n'));
}

const shorten = text => (text.length > 100 ? `${text.slice(0, 99)}…` : text);

/** @param reasons by reason, the changes that survive for it, each as `FILE: ORIGINAL => REPLACEMENT` */
export function resultsOf(reports, reasons) {
  const reasonByChange = new Map(
    Object.entries(reasons).flatMap(([reason, changes]) => changes.map(change => [change, reason])),
  );
  const files = [];
  const survivors = [];
  for (const [file, { source, mutants }] of reports.flatMap(report => Object.entries(report.files))) {
    const counted = mutants.filter(({ status }) => /^(Killed|Timeout|Survived|NoCoverage)$/.test(status));
    const alive = counted.filter(({ status }) => /^(Survived|NoCoverage)$/.test(status));
    files.push({ file, total: counted.length, dead: counted.length - alive.length });
    for (const { location, replacement } of alive) {
      const change = `${shorten(originalOf(source, location))} => ${shorten(oneLine(replacement))}`;
      const place = `${file}:${location.start.line}`;
      survivors.push({ place, change, reason: reasonByChange.get(`${file}: ${change}`) });
    }
  }
  const sum = member => files.reduce((all, one) => all + one[member], 0);
  const total = sum('total');
  const unexplained = survivors.filter(({ reason }) => reason === undefined);
  return { files, survivors, unexplained, total, dead: sum('dead'), score: (100 * sum('dead')) / total };
}

/** Markdown: the figures by file, then the survivors by reason. */
export function tables({ files, survivors, total, dead, score }) {
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
