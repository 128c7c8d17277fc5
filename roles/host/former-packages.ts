import { readFileSync } from "node:fs";
import path from "node:path";
import { defineQuery, defineResource, prop, quote } from "kubeplay";
import { linesOf } from "#engine/queries/keys.ts";
import { aptPurge } from "#engine/resources/system/apt.ts";
import { recordedFile } from "#cluster/undo/record.ts";

const script = readFileSync(path.join(import.meta.dirname, "files/former-packages.sh"), "utf8");

interface Since {
  /** Whether the host has a record of its packages from before kubeplay. */
  readonly recorded: boolean;
  /** With a record: all packages that go. Without: those that kubeplay may have installed. */
  readonly names: readonly string[];
}

const packagesSince = defineQuery<Since>({
  kind: "packages since",
  // One process for each: a host has one list of names. Each answer ends with a line that no package has as its name.
  ask: (keys) =>
    keys.map((key) => `(names=${quote(key)} record=${quote(recordedFile("packages"))}\n${script})\necho .`).join("\n"),
  parse: (stdout, keys) => {
    const answers = stdout.split(/^\.$/m);
    return new Map(
      keys.map((key, index) => {
        const lines = linesOf(answers[index] ?? "");
        const recorded = lines[0] !== "-";
        return [key, { recorded, names: recorded ? lines : lines.slice(1) }];
      }),
    );
  },
});

/**
 * Removes those of these packages that the host did not have, with their configuration and with what only they needed.
 * A package that another one needs stays if somebody installed that one. Without a record of the host, all stay.
 */
export const formerPackages = defineResource({
  kind: "former packages",
  props: { names: prop.listOf(prop.text) },
  label: ({ names }: { readonly names: readonly string[] }) => names.join(", "),
  labelOfChange: (found) => found.map(({ what }) => what).join(", "),
  needs: ({ names }) => ({ since: packagesSince([...new Set(names)].sort().join(" ")) }),
  diff: ({ since }: { readonly since: Since }) =>
    since.recorded ? since.names.map((what) => ({ what, before: "installed", after: "absent" })) : [],
  warnings: ({ since }) =>
    since.recorded || since.names.length === 0
      ? []
      : [
          `this host has no record of its packages, because it was installed by an earlier version: these stay: ${since.names.join(", ")}. apt-get purge --autoremove removes them`,
        ],
  apply: (found) => [aptPurge(found.map(({ what }) => what))],
  forecast: ({ since }) => ({ since: since.recorded ? { ...since, names: [] } : since }),
  effects: () => ["everything"],
});
