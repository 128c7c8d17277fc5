const safe = /^[\w@%+=:,./-]+$/;
const quoted = (word: string): string => (safe.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The command line as it was typed, for the user to repeat. A word that contains a secret is replaced. */
export function typed(
  args: readonly string[],
  { npm_lifecycle_event: script }: NodeJS.ProcessEnv,
  holdsSecret: (word: string) => boolean = () => false,
): string {
  const words = args.map((word) => (holdsSecret(word) ? hidden : quoted(word)));
  if (script !== "play") return ["kubeplay", ...words].join(" ");
  return ["npm run play", ...(args.some((word) => word.startsWith("-")) ? ["--"] : []), ...words].join(" ");
}

/** The replacement for a secret, which the user must type again. */
const hidden = "'<secret>'";
