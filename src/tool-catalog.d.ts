/** The tool list as the build derives it from the operations and their descriptions. */
declare module 'virtual:tool-catalog' {
  const tools: readonly import('@modelcontextprotocol/server').Tool[];
  export default tools;
}
