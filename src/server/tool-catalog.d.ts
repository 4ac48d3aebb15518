/** The catalog of tools as the build derives it from the operations and their descriptions. */
declare module 'virtual:tool-catalog' {
  const catalog: readonly import('../mcp/served.ts').CatalogEntry[];
  export default catalog;
}

/** The tools of the page that shows answers to people. */
declare module 'virtual:page-tools' {
  const pageTools: readonly import('../mcp/served.ts').CatalogEntry[];
  export default pageTools;
}

/** What people say when they want a tool, by the tool's name. */
declare module 'virtual:tool-requests' {
  const requests: Readonly<Record<string, readonly string[]>>;
  export default requests;
}
