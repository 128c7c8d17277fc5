import { defineQuery } from "#lib/queries/define.ts";
import { linesOf, words } from "#lib/queries/keys.ts";
import { defineResource } from "#lib/resources/index.ts";
import { quote } from "#lib/shell/quote.ts";
import { mark } from "./hosts-toml.ts";

/** The registries in a certs.d folder whose hosts.toml has this role's mark. */
const marked = defineQuery<readonly string[]>({
  kind: "mirrored registries",
  ask: (folders) => `for folder in ${words(folders)}; do
  for file in "$folder"/*/hosts.toml; do
    first=
    [ ! -f "$file" ] || IFS= read -r first < "$file" || :
    [ "$first" != ${quote(mark)} ] || { registry=\${file%/hosts.toml}; printf '%s\\t%s\\n' "$folder" "\${registry##*/}"; }
  done
done`,
  parse: (stdout, folders) => {
    const rows = linesOf(stdout).map((row) => row.split("\t"));
    return new Map(
      folders.map((folder) => [folder, rows.flatMap(([of, registry = ""]) => (of === folder ? [registry] : []))]),
    );
  },
});

export interface MirrorsProps {
  /** containerd's certs.d */
  readonly folder: string;
  /** The registries that have mirrors. */
  readonly registries: readonly string[];
}

const kept = (now: readonly string[], { registries }: MirrorsProps): string[] =>
  now.filter((name) => registries.includes(name));

/** No mirrors but these. What others wrote into certs.d stays: it has no mark, or lies beside the marked file. */
export const onlyMirrorsOf = defineResource({
  kind: "mirrors",
  label: (p: MirrorsProps) => p.folder,
  labelOfChange: (found, p) => found.map(({ what }) => `${p.folder}/${what}`).join(", "),
  needs: (p) => ({ now: marked(p.folder) }),
  diff: ({ now }: { readonly now: readonly string[] }, p) =>
    now.filter((name) => !p.registries.includes(name)).map((what) => ({ what, before: "mirrored", after: "absent" })),
  apply: (found, _now, p) =>
    found.map(({ what }) => {
      const folder = `${p.folder}/${what}`;
      return `rm -f -- ${quote(`${folder}/hosts.toml`)} && rmdir --ignore-fail-on-non-empty -- ${quote(folder)}`;
    }),
  forecast: ({ now }, p) => ({ now: kept(now, p) }),
  effects: (p) => [{ below: p.folder }],
});
