/** Programs of a cluster whose processes are judged, named as their units. */
export const components = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
] as const;
export type Component = (typeof components)[number];

/** Flags with the path of a file to read: the names of all components do not meet in another meaning. */
const documents = [
  "config",
  "config-file",
  "encryption-provider-config",
  "audit-policy-file",
  "admission-control-config-file",
  "authentication-config",
  "authorization-config",
];

/** Folders with files whose modes and owners are judged, beside the paths in command lines and configurations. */
const folders = ["/etc/kubernetes", "/etc/etcd", "/etc/cni/net.d", "/var/lib/cni/networks"];

/**
 * Reads what runs on a host, for `hostEvidence`. Each line of its output is a word, a name and a text in base64, with a
 * tab between: "process" with the arguments of the unit's main process, "unit" with the unit's files, "document" with a
 * configuration, "certificates" with those in a file, "files" with a mode, an owner and a path in each line. A credential
 * that systemd loads from a file is named by that file. Keys of encryption at rest stay on the host.
 */
export const probe = `
say() { printf '%s\\t%s\\t' "$1" "$2"; base64 -w 0; echo; }
words() { tr '\\0' '\\n' < "/proc/$1/cmdline" | sed "$sources"; }
flag() { words "$1" | awk -v f="$2" '{ w = $0 } take { v = w; take = 0 } sub(/^--?/, "", w) { if (w == f) take = 1; if (index(w, f "=") == 1) v = substr(w, length(f) + 2) } END { print v }'; }
hide() { sed -E 's/("?secret"?[[:space:]]*:[[:space:]]*)("[^"]*"|[^",}[:space:]]+)/\\1hidden/g'; }
paths=
document() { [ -f "$1" ] || return 0; hide < "$1" | say document "$1"; paths="$paths
$1
$(grep -oE '/[A-Za-z0-9._/-]+' "$1")"; }
for component in ${components.join(" ")}; do
  property() { systemctl show --property="$1" --value "$component.service"; }
  unit=$(property FragmentPath; property DropInPaths | tr ' ' '\\n')
  [ -n "$unit" ] && printf '%s' "$unit" | say unit "$component"
  paths="$paths
$unit"
  sources=$(printf '%s' "$unit" | while IFS= read -r file || [ -n "$file" ]; do
    [ -f "$file" ] && sed -nE 's|^LoadCredential=([A-Za-z0-9._-]+:/)|\\1|p' "$file"
  done | sed 's/[\\\\&|]/\\\\&/g' | while IFS=: read -r name file; do
    printf 's|/run/credentials/%s.service/%s|%s|\\n' "$component" "$name" "$file"
  done)
  pid=$(property MainPID)
  { [ "\${pid:-0}" -gt 0 ] && [ -r "/proc/$pid/cmdline" ]; } || continue
  sed -z "$sources" "/proc/$pid/cmdline" | say process "$component"
  paths="$paths
$(words "$pid" | sed -n 's/^-[^=]*=//; /^\\//p')
$(words "$pid" | grep -oE '/[A-Za-z0-9._/-]+')"
  for name in ${documents.join(" ")}; do
    file=$(flag "$pid" "$name")
    document "$file"
    [ "$name" = admission-control-config-file ] && [ -f "$file" ] || continue
    sed -nE 's/^[[:space:]-]*path:[[:space:]]*"?([^"]+)"?[[:space:]]*$/\\1/p' "$file" | while read -r inner; do
      case "$inner" in /*) ;; *) inner="$(dirname "$file")/$inner" ;; esac
      document "$inner"
    done
  done
  folder=$(flag "$pid" config-dir)
  if [ -d "$folder" ]; then for file in "$folder"/*.conf; do document "$file"; done; fi
done
printf '%s\\n' "$paths" | grep -E '\\.(crt|pem)$' | sort -u | while IFS= read -r file; do
  [ -f "$file" ] && sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$file" | say certificates "$file"
done
{ find ${folders.join(" ")} -maxdepth 4; printf '%s\\n' "$paths"; } | sort -u | while IFS= read -r file; do
  [ -e "$file" ] && stat -L -c '%a %U:%G %F:%n' "$file"
done | say files all
`;
