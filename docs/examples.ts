import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

interface Example {
  readonly name: string;
  readonly role: string;
  readonly title: string;
  readonly about: string;
}

const examples: readonly Example[] = [
  {
    name: "web-server",
    role: "web-server",
    title: "A web server",
    about: `Sites of nginx, each a git repository; users with their keys; a timer, the rotation of logs, and a firewall. A site or a
person taken out of a list leaves the host, in both.`,
  },
  {
    name: "postgresql",
    role: "postgresql",
    title: "A database",
    about: `PostgreSQL with its configuration, databases, and a role for each that owns it. Passwords are compared each time, and only
verifiers of them reach the host. Ansible needs \`python3-psycopg2\` and \`acl\` there.`,
  },
  {
    name: "rolling-restart",
    role: "app",
    title: "A rolling restart",
    about: `A new version on ten hosts: one first, then a third at a time. A host that is not healthy within 30 seconds has failed, and
with more than 20 % of a batch no further host is touched.`,
  },
];

const root = path.join(import.meta.dirname, "..", "examples");

/** All files of a role. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile());

/** The lines of a role that are not empty, without its programs, which are the same in both. */
const linesOf = (folder: string): number =>
  filesIn(folder)
    .filter((file) => path.basename(path.dirname(file)) !== "files")
    .flatMap((file) => readFileSync(file, "utf8").split("\n"))
    .filter((line) => line.trim() !== "").length;

const foldersOf = ({ name, role }: Example): { readonly own: string; readonly twin: string } => ({
  own: path.join(root, name, "roles", role),
  twin: path.join(root, name, "ansible", "roles", role),
});

/** The lines of each role, and of its twin. */
export const lengths = () =>
  examples.map((example) => {
    const { own, twin } = foldersOf(example);
    return { name: example.name, own: linesOf(own), twin: linesOf(twin) };
  });

function block(language: string, file: string): string {
  const shown = path.relative(path.join(root, ".."), file);
  return `[${shown}](../${shown}):\n\n\`\`\`${language}\n${readFileSync(file, "utf8").trimEnd()}\n\`\`\`\n`;
}

function section(example: Example): string {
  const { own, twin } = foldersOf(example);
  return [
    `## ${example.title}\n\n${example.about}\n`,
    block("ts", path.join(root, example.name, "playbooks", "site.ts")),
    block("ts", path.join(own, "index.ts")),
    ...filesIn(path.join(own, "templates"))
      .sort()
      .map((file) => block("text", file)),
    `### ${example.title}, by Ansible\n`,
    block("yaml", path.join(twin, "tasks", "main.yml")),
    block("yaml", path.join(twin, "handlers", "main.yml")),
    `Its variables, templates and units are in [examples/${example.name}/ansible/](../examples/${example.name}/ansible/).\n`,
  ].join("\n");
}

const rows = (): string =>
  lengths()
    .map(({ name, own, twin }) => `| [\`${name}\`](../examples/${name}/) | ${own} | ${twin} |`)
    .join("\n");

/** The page as the examples make it. */
export const currentPage = (): string => `# Examples

Three roles of an ordinary day. Each is [a project of its own](own-project.md) in [examples/](../examples/), with an
inventory, a playbook and a spec; beside it is the same role for Ansible. \`npm run test:examples\` plays both on
hosts: kubeplay's changes are those that its check predicted, a second run of either changes nothing, and both leave the
same host.

The lines of the roles that are not empty: tasks, handlers, templates, and variables with their types.

| example | kubeplay | Ansible |
| --- | --: | --: |
${rows()}

${examples.map(section).join("\n")}`;

if (process.argv[1] === import.meta.filename)
  writeFileSync(path.join(import.meta.dirname, "examples.md"), currentPage());
