import { readFileSync } from "node:fs";
import path from "node:path";
import { defineQuery, TaskError } from "kubeplay";
import { linesOf } from "#engine/queries/keys.ts";
import type { RegistryEndpoint } from "./endpoints.ts";

/** What one endpoint answered: an HTTP status, or why there is none. */
export interface EndpointAnswer {
  readonly host: string;
  readonly status: number;
  readonly why: string;
}
/** In the order of the endpoints, up to the first that has the image; "no program" if the host cannot ask. */
export type ManifestAnswer = readonly EndpointAnswer[] | "no program";

export interface Asked {
  readonly name: string;
  readonly endpoints: readonly RegistryEndpoint[];
  /** Of the environment: http_proxy, https_proxy, no_proxy. */
  readonly proxy: Readonly<Record<string, string>>;
}

const tab = "\t";
/** An empty field would vanish: tabs are white space to `read`. */
const field = (text = ""): string => (text === "" ? "-" : text.trim().replaceAll("\n", "|"));
const lineOf = ({ url, ca, insecure, authorization }: RegistryEndpoint): string =>
  [url, ca, insecure ? "insecure" : "", authorization].map((one) => field(one ?? "")).join(tab);

/** The types of manifests that containerd accepts. */
const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Defines `endpoint`, which asks one of them; it reads $accept. */
const functions = readFileSync(path.join(import.meta.dirname, "files/endpoint.sh"), "utf8").trimEnd();

const askOne = ({ name, endpoints, proxy }: Asked): string => `(
${Object.entries(proxy)
  .map(([variable, value]) => `export ${variable}=${quoted(value)}`)
  .join("\n")}
name=${quoted(name)}
while IFS='${tab}' read -r url ca insecure authorization; do
  endpoint "$url" "$ca" "$insecure" "$authorization" </dev/null && break
done <<'EOF'
${endpoints.map(lineOf).join("\n")}
EOF
) &`;
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Keys are shown and recorded, so the logins and proxies of a question are not in its key. */
const keyOf = new Map<string, string>();
const askedBy = new Map<string, Asked>();
const known = (key: string): Asked => {
  const found = askedBy.get(key);
  if (found) return found;
  throw new Error(`${key} is not a question of manifestOf`);
};

/** The answers of endpoints about manifests. All images are asked for at once, the endpoints of each in turn. */
const of = defineQuery<ManifestAnswer>({
  kind: "image manifests",
  ask: (keys) => `if ! command -v curl >/dev/null && ! command -v wget >/dev/null; then echo 'no program'; exit 0; fi
accept='${accept}'
${functions}
${keys.map((key) => askOne(known(key))).join("\n")}
wait`,
  parse: (stdout, keys) => {
    const rows = linesOf(stdout).map((line) => line.split(tab));
    const cannot = rows[0]?.[0] === "no program";
    return new Map(
      keys.map((key): [string, ManifestAnswer | TaskError] => {
        const { name } = known(key);
        const own = rows.filter(([first]) => first === name);
        if (!cannot && own.length === 0) return [key, new TaskError(`no answer about ${name}`)];
        const answers = own.map(([, host = "", status = "0", why = ""]) => ({ host, status: Number(status), why }));
        return [key, cannot ? "no program" : answers];
      }),
    );
  },
});

/** The question for an image. */
export function manifestOf(asked: Asked) {
  const text = JSON.stringify(asked);
  const key = keyOf.get(text) ?? `${asked.name} (${String(keyOf.size + 1)})`;
  keyOf.set(text, key);
  askedBy.set(key, asked);
  return of(key);
}
