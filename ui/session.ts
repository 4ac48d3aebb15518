/**
 * What admits the page's calls over HTTP: a session or an access token. It is kept for this tab alone, and only under this
 * very address and port, until the tab is closed.
 */

const KEY = 'amplify-backend-mcp.session';

/** The value of a meta element that the server wrote. */
export const settingOf = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="amplify-${name}"]`)?.content;

export const readSession = (): string | undefined => sessionStorage.getItem(KEY) ?? undefined;

export const keepSession = (session: string): void => sessionStorage.setItem(KEY, session);

export const forgetSession = (): void => sessionStorage.removeItem(KEY);
