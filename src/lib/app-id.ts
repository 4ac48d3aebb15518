/** Amplify's own pattern for app ids: `d[a-z0-9]+`, at most 20 characters. */
export const APP_ID = /^d[a-z0-9]{1,19}$/;

/** Whether a text has the form of an app id. An app's name can have it too. */
export const isAppId = (text: string): boolean => APP_ID.test(text);
