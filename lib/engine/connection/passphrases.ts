/** The passphrases that a person gave in this process, by the file of the key. */
export const passphrases = new Map<string, string>();
