/** A file that cannot be read as what it should be. */
export class FormatError extends Error {
  readonly position: { readonly line: number; readonly column: number } | undefined;

  constructor(message: string, position?: { readonly line: number; readonly column: number }) {
    super(message);
    this.position = position;
  }
}
