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

/**
 * Defines web: the head of an address, or with "get" its body, by curl or wget. The header goes through standard input,
 * or through a file without a name, because everybody sees the words of a command.
 */
const web = `web() { # WHAT URL CA INSECURE HEADER
  options=
  if command -v curl >/dev/null; then
    [ "$3" = - ] || options="--cacert $3"
    [ "$4" = - ] || options="$options --insecure"
    [ "$1" = get ] || options="$options --head"
    { [ -z "$5" ] || printf 'header = "%s"\\n' "$5"; printf 'header = "Accept: %s"\\n' '${accept}'; } |
      curl --config - $options --silent --show-error --location --connect-timeout 10 --max-time 20 --retry 1 "$2"
  else
    [ "$3" = - ] || options="--ca-certificate=$3"
    [ "$4" = - ] || options="$options --no-check-certificate"
    [ "$1" = get ] && options="$options --quiet --output-document=-" || options="$options --server-response --spider"
    # It has no name by the time that the login is in it, so an interruption leaves nothing.
    settings=$(mktemp); exec 4<> "$settings"; rm -f "$settings"
    { [ -z "$5" ] || printf 'header = %s\\n' "$5"; printf 'header = Accept: %s\\n' '${accept}'; } >&4
    wget --config=/proc/self/fd/4 $options --no-verbose --tries=2 --timeout=20 "$2"
    exec 4>&-
  fi 2>&1
}
status() { sed -n 's/^ *HTTP\\/[0-9.]* \\([0-9]*\\).*/\\1/p' | tail -n 1; }
part() { sed -n "s/.*$1=\\"\\([^\\"]*\\)\\".*/\\1/p" | head -n 1; }`;

/** Asks one endpoint: prints its host, its status, and the last line of what went wrong. */
const endpoint = `endpoint() { # URL CA INSECURE AUTHORIZATION
  where=\${1#*://}; where=\${where%%/*}
  ca=$2
  case $ca in *CERTIFICATE*) ca=$(mktemp) && printf '%s\\n' "$2" | tr '|' '\\n' > "$ca" ;; esac
  header=; [ "$4" = - ] || header="Authorization: $4"
  answer=$(web head "$1" "$ca" "$3" "$header")
  code=$(printf '%s\\n' "$answer" | status)
  challenge=$(printf '%s\\n' "$answer" | grep -i '^ *www-authenticate: *bearer' | tail -n 1)
  if [ "$code" = 401 ] && [ -n "$challenge" ]; then
    realm=$(printf '%s\\n' "$challenge" | part realm)
    service=$(printf '%s\\n' "$challenge" | part service)
    scope=$(printf '%s\\n' "$challenge" | part scope)
    token=$(web get "$realm?service=$service&scope=$scope" "$ca" "$3" "$header" |
      sed -n 's/.*"\\(access_\\)\\{0,1\\}token" *: *"\\([^"]*\\)".*/\\2/p' | head -n 1)
    [ -z "$token" ] || answer=$(web head "$1" "$ca" "$3" "Authorization: Bearer $token")
    code=$(printf '%s\\n' "$answer" | status)
  fi
  [ "$ca" = "$2" ] || rm -f "$ca"
  why=; [ -n "$code" ] || why=$(printf '%s\\n' "$answer" | grep . | tail -n 1 | tr '\\t' ' ' | cut -c 1-300)
  printf '%s\\t%s\\t%s\\t%s\\n' "$name" "$where" "\${code:-0}" "$why"
  [ "$code" = 200 ]
}`;

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
${web}
${endpoint}
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
