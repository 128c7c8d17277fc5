/** Stands in place of a secret. A file of its own, as every command imports it, also those that check no variables. */
export const covered = "********";
