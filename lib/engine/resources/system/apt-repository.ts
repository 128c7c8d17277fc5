import { TaskError } from "../../errors.ts";
import { prop } from "../../tasks/properties.ts";
import { defineMadeFile, madeFileRules, type MadeFileProps } from "../files/made-file.ts";

/** The properties of `aptRepository`. */
export interface AptRepositoryProps extends MadeFileProps {
  /** The name of the file NAME.sources in /etc/apt/sources.list.d: letters, digits, "-", "_" and "." */
  readonly name: string;
  /** Not used with state "absent", as all that follows. */
  readonly uris?: readonly string[];
  /** ["trixie"], or a path that ends with a slash. */
  readonly suites?: readonly string[];
  /** Not used with a suite that is a path; ["main"] by default. */
  readonly components?: readonly string[];
  /** The public key, ASCII-armored, or the absolute path of a key on the host. Without it, apt trusts its own keys. */
  readonly signedBy?: string;
  /** Such as ["amd64"]; those of the host by default. */
  readonly architectures?: readonly string[];
}

/**
 * A repository of apt, in the format deb822 with its key. After a change, the next `packages` fetches the package lists.
 * Fails with TaskError for a name that apt would ignore and for a key that is not armored.
 *
 * @example
 * aptRepository("Add PostgreSQL's repository", {
 *   name: "pgdg", uris: ["https://apt.postgresql.org/pub/repos/apt"], suites: ["trixie-pgdg"], signedBy: key,
 * });
 */
export const aptRepository = defineMadeFile<AptRepositoryProps>({
  kind: "apt repository",
  props: {
    ...madeFileRules,
    uris: prop.optional(prop.listOf(prop.text)),
    suites: prop.optional(prop.listOf(prop.text)),
    components: prop.optional(prop.listOf(prop.text)),
    signedBy: prop.optional(prop.text),
    architectures: prop.optional(prop.listOf(prop.text)),
  },
  named: "a repository",
  dots: true,
  check,
  dest: ({ name }) => `/etc/apt/sources.list.d/${name}.sources`,
  content: (p) =>
    Object.entries({
      Types: "deb",
      URIs: (p.uris ?? []).join(" "),
      Suites: (p.suites ?? []).join(" "),
      Components: isPath(p) ? "" : (p.components ?? ["main"]).join(" "),
      Architectures: (p.architectures ?? []).join(" "),
      "Signed-By": inField(p.signedBy ?? ""),
    })
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `${name}:${value.startsWith("\n") ? "" : " "}${value}\n`)
      .join(""),
  // Package lists that are older than their sources are fetched again.
  affects: [
    { kind: "package lists", becomes: () => ({ fresh: false }) },
    { kind: "package candidate" },
    { kind: "apt upgrades" },
  ],
});

const isPath = ({ suites = [] }: AptRepositoryProps): boolean => suites.some((suite) => suite.endsWith("/"));
const armored = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/** A text of several lines, as deb822 has it: an empty line is a dot. */
const inField = (text: string): string =>
  text.includes("\n")
    ? text
        .trim()
        .split("\n")
        .map((line) => `\n ${line.trim() === "" ? "." : line.trim()}`)
        .join("")
    : text;

function check({ name, uris = [], suites = [], signedBy, ...rest }: AptRepositoryProps): void {
  if (uris.length === 0) throw new TaskError(`${name}: an aptRepository requires uris`);
  if (suites.length === 0) throw new TaskError(`${name}: an aptRepository requires suites`);
  for (const what of ["components", "architectures"] as const)
    if (rest[what]?.length === 0)
      throw new TaskError(`${name}: ${what} is an empty list, expected words, or no ${what} for the default`);
  const word = [...uris, ...suites, ...(rest.components ?? []), ...(rest.architectures ?? [])].find((one) =>
    /\s|^$/.test(one),
  );
  if (word !== undefined) throw new TaskError(`${name}: ${JSON.stringify(word)} has spaces, expected one word`);
  if (signedBy !== undefined && !signedBy.trim().startsWith(armored) && !/^\/\S+$/.test(signedBy))
    throw new TaskError(`${name}: signedBy is neither an absolute path nor a key that begins with ${armored}`);
}
