/** The catalogue of tools as the build derives it from the operations and their descriptions. */
declare module 'virtual:tool-catalog' {
  const catalog: readonly import('./mcp/served.ts').CatalogEntry[];
  export default catalog;
}
