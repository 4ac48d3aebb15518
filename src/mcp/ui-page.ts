/** The page that shows answers to people: one document with six views, in a chat host's frame or from an HTTP server. */

/** What the page shows. */
export const views = ['board', 'clone', 'difference', 'plan', 'inventory', 'migration'] as const;
export type View = (typeof views)[number];

/** Who shows the page and passes its calls on: a chat host around the frame, or the HTTP server that the page came from. */
export type PageHost = 'frame' | 'http';

/** The media type of a page for chat hosts, as the extension `io.modelcontextprotocol/ui` names it. */
export const PAGE_TYPE = 'text/html;profile=mcp-app';

const PREFIX = 'ui://amplify-backend/';

export const uriOf = (view: View) => `${PREFIX}${view}` as const;

/** The view that a URI names; undefined for any other URI. */
export function viewOf(uri: string): View | undefined {
  return uri.startsWith(PREFIX) ? views.find(view => uriOf(view) === uri) : undefined;
}

/** The page for a view, loaded when it is first read. A page from an HTTP server may connect to that server only. */
export async function pageOf(view: View, host: PageHost = 'frame'): Promise<string> {
  const { default: page } = await import('virtual:ui-page');
  const shown = page.replace('data-view="board"', `data-view="${view}"`);
  if (host === 'frame') return shown;
  return shown
    .replace('name="amplify-host" content="frame"', `name="amplify-host" content="${host}"`)
    .replace("connect-src 'none'", "connect-src 'self'");
}
