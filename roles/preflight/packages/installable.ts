import { defineResource, TaskError, type Needs } from "kubeplay";
import { sourcesOfApt, type SourcesAnswer } from "#cluster/apt/sources.ts";

export interface InstallableProps {
  readonly host: string;
  /** Packages that the host lacks. */
  readonly missing: readonly string[];
  /** The environment of its apt. */
  readonly environment: Readonly<Record<string, string>>;
}
type State = Readonly<Record<string, SourcesAnswer>>;

const failed = (now: State) =>
  Object.values(now).flatMap((answer) => (answer === "no apt" ? [] : answer.filter(({ answers }) => !answers)));
const answering = (now: State): boolean =>
  Object.values(now).some((answer) => answer !== "no apt" && answer.some(({ answers }) => answers));

/**
 * Fails if the host lacks packages and no source of its apt answers, with apt's own errors. A single source that does not
 * answer is a warning, as it is for apt. It never changes anything, and asks nothing if no package is missing.
 */
export const installable = defineResource({
  kind: "installable packages",
  label: (p: InstallableProps) => p.host,
  needs: (p) => (p.missing.length === 0 ? {} : { sources: sourcesOfApt(p.environment) }) as Needs<State>,
  diff: (now: State, p) => {
    const all = failed(now);
    if (all.length === 0 || answering(now)) return [];
    const lines = all.map(({ url, why }) => `${url === "none" ? "apt has no source" : url}: ${why || "no answer"}`);
    throw new TaskError(
      `Packages: the host lacks ${p.missing.join(", ")}, and no source of its apt answers:\n  ${lines.join("\n  ")}\nCorrect its sources in /etc/apt, set http_proxy, or install from a bundle (host_debian_packages): docs/mirrors.md. If the packages come to the host in another way: -e '{"preflight_ignore": ["Packages"]}'`,
    );
  },
  warnings: (now, p) =>
    answering(now)
      ? failed(now).map(({ url, why }) => `${p.host}: a source of its apt does not answer: ${url} (${why})`)
      : [],
  apply: () => [],
  forecast: () => ({}),
});
