import { createHash } from "node:crypto";
import { encodeBase64, hashSync } from "bcryptjs";

/** bcrypt's cost: 2^10 rounds. */
const cost = "10";

/** Derived, so that the same users give the same file. A salt is no secret, and contains nothing of the password. */
const salt = (cluster: string, user: string): string =>
  `$2b$${cost}$${encodeBase64(createHash("sha256").update(`kubeplay registry ${cluster} ${user}`).digest(), 16)}`;

/** A hash takes a tenth of a second, so it is computed once per run and user. */
const known = new Map<string, string>();

function lineFor(cluster: string, user: string, password: string): string {
  const id = JSON.stringify([cluster, user, password]);
  const line = known.get(id) ?? `${user}:${hashSync(password, salt(cluster, user))}\n`;
  known.set(id, line);
  return line;
}

/** The contents of the registry's htpasswd file. */
export const htpasswd = (cluster: string, users: Readonly<Record<string, string>>): string =>
  Object.entries(users)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([user, password]) => lineFor(cluster, user, password))
    .join("");
