/** How many tools common hosts take, and which surface fits them. */

/** A host that takes so many tools of all its servers together. */
interface HostLimit {
  readonly host: string;
  readonly tools: number;
}

/** `docs/hosts.md` gives the sources. */
const limits: readonly HostLimit[] = [
  { host: 'Cursor', tools: 40 },
  { host: 'Windsurf', tools: 100 },
  { host: 'VS Code', tools: 128 },
];

/** Lines that say which hosts take that many tools, and what to set for those that do not. */
export function hostLimitLines(count: number): string[] {
  const listed = limits.map(({ host, tools }) => `${host} ${tools}`).join(', ');
  const full = limits.filter(({ tools }) => tools < count).map(({ host }) => host);
  return [
    `${count} tools. Hosts count the tools of all servers together: ${listed}.`,
    full.length === 0
      ? 'These are few enough for each of them. Beside other servers, --surface compact and --toolsets serve fewer.'
      : `Too many for ${full.join(', ')}: --surface compact serves the workflows and reaches all others through find_operation and run_operation; --toolsets and --read-only serve fewer.`,
  ];
}
