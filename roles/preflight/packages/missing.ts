import { defineResource, queries } from "kubeplay";

export interface NeededProps {
  readonly host: string;
  /** As for `packages`: a name may end with a version. */
  readonly packages: readonly string[];
}
type State = Readonly<Record<string, queries.PackageState>>;

/** The packages that a host lacks. It asks only what the host's own packages answer. */
export const missingPackages = defineResource({
  kind: "missing packages",
  label: (p: NeededProps) => p.host,
  needs: (p) => Object.fromEntries(p.packages.map((text) => [text, queries.packageNamed(text.split("=")[0] ?? text)])),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: (now: State, { packages }): readonly string[] => packages.filter((text) => now[text]?.installed !== true),
  reads: true,
});
