import { createHash } from "node:crypto";
import { encodeBase64, hashSync } from "bcryptjs";

/** As bcrypt calls it: 2^10 rounds, what htpasswd and others take too. */
const cost = "10";

/** The same users of the same cluster give the same file. A salt is no secret, and nothing of the password is in it. */
const salt = (cluster: string, user: string): string =>
  `$2b$${cost}$${encodeBase64(createHash("sha256").update(`kubeplay registry ${cluster} ${user}`).digest(), 16)}`;

/** A hash takes a tenth of a second: once a run for each user. */
const known = new Map<string, string>();

function lineFor(cluster: string, user: string, password: string): string {
  const id = JSON.stringify([cluster, user, password]);
  const line = known.get(id) ?? `${user}:${hashSync(password, salt(cluster, user))}\n`;
  known.set(id, line);
  return line;
}

/** The file that the registry knows its users by. */
export const htpasswd = (cluster: string, users: Readonly<Record<string, string>>): string =>
  Object.entries(users)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([user, password]) => lineFor(cluster, user, password))
    .join("");
