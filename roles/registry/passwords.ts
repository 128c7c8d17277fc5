import { createHmac } from "node:crypto";
import { encodeBase64, hashSync } from "bcryptjs";

/** As bcrypt calls it: 2^10 rounds, what htpasswd and others take too. */
const cost = "10";

/** The salt comes from what is hashed: the same users give the same file, and it tells no more than the hash does. */
const salt = (user: string, password: string): string =>
  `$2b$${cost}$${encodeBase64(createHmac("sha256", password).update(`kubeplay registry ${user}`).digest(), 16)}`;

/** A hash takes a tenth of a second: once a run for each user. */
const known = new Map<string, string>();

function lineFor(user: string, password: string): string {
  const id = JSON.stringify([user, password]);
  const line = known.get(id) ?? `${user}:${hashSync(password, salt(user, password))}\n`;
  known.set(id, line);
  return line;
}

/** The file that the registry knows its users by. */
export const htpasswd = (users: Readonly<Record<string, string>>): string =>
  Object.entries(users)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([user, password]) => lineFor(user, password))
    .join("");
