import { defineQuery, defineResource, quote } from "kubeplay";
import { linesOf, words } from "#engine/queries/keys.ts";

/** The folder that containerd reads at each pull, with a subfolder for each registry. */
export const certsFolder = "/etc/containerd/certs.d";

/** The registries in a certs.d folder whose hosts.toml begins with a mark. */
const marked = defineQuery<readonly string[]>({
  kind: "marked registries",
  ask: (keys) => `while IFS="$(printf '\\t')" read -r folder mark; do
  for file in "$folder"/*/hosts.toml; do
    first=
    [ ! -f "$file" ] || IFS= read -r first < "$file" || :
    [ "$first" != "$mark" ] || { registry=\${file%/hosts.toml}; printf '%s\\t%s\\t%s\\n' "$folder" "$mark" "\${registry##*/}"; }
  done
done <<'EOF'
${keys.join("\n")}
EOF`,
  parse: (stdout, keys) => {
    const rows = linesOf(stdout);
    return new Map(
      keys.map((key) => [key, rows.flatMap((row) => (row.startsWith(`${key}\t`) ? [row.slice(key.length + 1)] : []))]),
    );
  },
});

export interface RegistryFoldersProps {
  /** containerd's certs.d */
  readonly folder: string;
  /** The first line of each hosts.toml that a role wrote and may remove. */
  readonly mark: string;
  /** The registries whose folders stay. */
  readonly registries: readonly string[];
  /** Files that the role wrote beside hosts.toml. */
  readonly beside?: readonly string[];
}

const kept = (now: readonly string[], { registries }: RegistryFoldersProps): string[] =>
  now.filter((name) => registries.includes(name));

/** Removes all registries with this mark except these. Files of others in certs.d stay. */
export const onlyRegistries = defineResource({
  kind: "registry folders",
  label: (p: RegistryFoldersProps) => p.folder,
  labelOfChange: (found, p) => found.map(({ what }) => `${p.folder}/${what}`).join(", "),
  needs: (p) => ({ now: marked(`${p.folder}\t${p.mark}`) }),
  diff: ({ now }: { readonly now: readonly string[] }, p) =>
    now.filter((name) => !p.registries.includes(name)).map((what) => ({ what, before: "present", after: "absent" })),
  apply: (found, _now, p) =>
    found.map(({ what }) => {
      const folder = `${p.folder}/${what}`;
      const files = ["hosts.toml", ...(p.beside ?? [])].map((name) => `${folder}/${name}`);
      return `rm -f -- ${words(files)} && rmdir --ignore-fail-on-non-empty -- ${quote(folder)}`;
    }),
  forecast: ({ now }, p) => ({ now: kept(now, p) }),
  effects: (p) => [{ below: p.folder }],
});
