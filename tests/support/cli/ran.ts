/** What one run of the command came to. */
export interface Ran {
  /** Exit code; null when a signal ended it. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}
