/**
 * The token of the page's calls over HTTP: a session of `board`, or an access token. `sessionStorage` keeps it for this tab
 * and origin alone, until the tab is closed.
 */

const KEY = 'amplify-backend-mcp.session';

/** The value of a meta element that the server wrote. */
export const settingOf = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="amplify-${name}"]`)?.content;

export const readSession = (): string | undefined => sessionStorage.getItem(KEY) ?? undefined;

export const storeSession = (session: string): void => sessionStorage.setItem(KEY, session);

export const forgetSession = (): void => sessionStorage.removeItem(KEY);
