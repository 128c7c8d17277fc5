/** What a run was given on the command line and has to be given again to be the same. */
export interface SavedArguments {
  /** As a path from the project's folder. */
  readonly inventory: string;
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** One that holds a secret is not written down: only its digest, to know it by when it is given again. */
  readonly extraVars: readonly (string | { readonly secret: string })[];
  readonly user?: string;
  readonly privateKey?: string;
  readonly become?: boolean;
}
