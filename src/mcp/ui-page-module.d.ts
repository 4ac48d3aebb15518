/** The page that `ui/` is built into: one text of HTML, for a chat host's frame and the view `board`. */
declare module 'virtual:ui-page' {
  const page: string;
  export default page;
}

/** The sign-in of the board over HTTP, a document of its own. */
declare module 'virtual:ui-sign-in' {
  const page: string;
  export default page;
}
