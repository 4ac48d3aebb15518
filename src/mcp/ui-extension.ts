/** MCP Apps, the extension by which a client says that it shows a server's pages to a person. */
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { isObject, memberOf } from '../lib/json.ts';
import { clientCapabilitiesOf } from './origin.ts';
import { PAGE_TYPE } from './ui-page.ts';

/** The extension's name in a client's capabilities. Only clients declare the extension, not servers. */
export const UI_EXTENSION = 'io.modelcontextprotocol/ui';

/** Whether a client with these capabilities shows pages of our media type. A client that lists no media types does. */
export function showsPages(capabilities: unknown): boolean {
  const settings = memberOf(memberOf(capabilities, 'extensions'), UI_EXTENSION);
  if (!isObject(settings)) return false;
  const { mimeTypes = [PAGE_TYPE] } = settings;
  return Array.isArray(mimeTypes) && mimeTypes.includes(PAGE_TYPE);
}

/** Whether the client of this request shows pages. */
export const clientShowsPages = ({ server }: Pick<McpServer, 'server'>, ctx: ServerContext): boolean =>
  showsPages(clientCapabilitiesOf(server, ctx));
