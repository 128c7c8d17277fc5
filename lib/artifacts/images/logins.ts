import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { PlayError } from "#engine/errors.ts";

/** The files in which podman and docker keep logins, in podman's order. */
function authFiles(): string[] {
  const { REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, DOCKER_CONFIG } = process.env;
  if (REGISTRY_AUTH_FILE) return [REGISTRY_AUTH_FILE];
  return [
    ...(XDG_RUNTIME_DIR ? [path.join(XDG_RUNTIME_DIR, "containers/auth.json")] : []),
    path.join(DOCKER_CONFIG ?? path.join(homedir(), ".docker"), "config.json"),
  ];
}

async function loginsIn(file: string): Promise<Readonly<Record<string, { readonly auth?: string }>>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return {};
  }
  try {
    return (JSON.parse(text) as { readonly auths?: Record<string, { readonly auth?: string }> }).auths ?? {};
  } catch {
    throw new PlayError(`${file}: is not JSON, expected the logins that docker login or podman login writes`);
  }
}

/** Docker keeps the login of docker.io under its first address. */
const namesOf = (host: string): string[] =>
  host === "docker.io" ? [host, "https://index.docker.io/v1/", "index.docker.io"] : [host, `https://${host}`];

/**
 * The login of a registry, "Basic …", from the file that `docker login` and `podman login` write ($REGISTRY_AUTH_FILE,
 * ~/.docker/config.json); undefined without one.
 *
 * @example
 * await loginOf("registry.example.org:5000"); // "Basic bGFiOnNlY3JldA=="
 */
export async function loginOf(host: string): Promise<string | undefined> {
  for (const file of authFiles()) {
    const logins = await loginsIn(file);
    for (const name of namesOf(host)) {
      const auth = logins[name]?.auth;
      if (auth) return `Basic ${auth}`;
    }
  }
  return undefined;
}
