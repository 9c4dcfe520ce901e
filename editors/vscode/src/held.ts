/**
 * Findings that wait for a file to be saved.
 *
 * With `imgslim.run` at `onSave` what the server says of unsaved text is kept back and shown once that text is on disk.
 */
export class Held<T> {
  readonly #waiting = new Map<string, T>();

  /** Take findings for a document: true where they are to be shown now. */
  takes(uri: string, findings: T, waits: boolean): boolean {
    if (waits) {
      this.#waiting.set(uri, findings);
      return false;
    }
    this.#waiting.delete(uri);
    return true;
  }

  /** The findings that waited for this document; it was saved. */
  release(uri: string): T | undefined {
    const findings = this.#waiting.get(uri);
    this.#waiting.delete(uri);
    return findings;
  }

  /** The document was closed. */
  forget(uri: string): void {
    this.#waiting.delete(uri);
  }
}
