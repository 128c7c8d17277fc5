/** The command-line arguments that repeat a run. */
export interface SavedArguments {
  /** Paths relative to the project's folder. */
  readonly inventory: readonly string[];
  /** Names of hosts instead of files of them: such a file may be gone later. */
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** A value that holds a secret is not saved, only its digest, which identifies the value when it is given again. */
  readonly extraVars: readonly (string | { readonly secret: string })[];
  readonly user?: string;
  readonly privateKey?: string;
  readonly become?: boolean;
  readonly forceHandlers?: boolean;
  readonly startAtTask?: string;
}
