import { withPath } from "./expression.ts";
import { ByHand } from "./jinja.ts";

const family = '(["debian", "ubuntu"].includes(facts.os.id) ? "Debian" : facts.os.name)';
const machine =
  '(({ amd64: "x86_64", arm64: "aarch64" } as Record<string, string>)[facts.architecture] ?? facts.architecture)';

/** Ansible's facts in kubeplay's. */
const facts: Readonly<Record<string, string>> = {
  os_family: family,
  distribution: '(facts.os.id === "ubuntu" ? "Ubuntu" : facts.os.id === "debian" ? "Debian" : facts.os.name)',
  distribution_release: "facts.os.codename",
  distribution_version: "facts.os.version",
  distribution_major_version: 'String(facts.os.version.split(".")[0])',
  architecture: machine,
  machine,
  hostname: "facts.hostname",
  nodename: "facts.hostname",
  kernel: "facts.kernel",
  processor_count: "facts.cpus",
  processor_vcpus: "facts.cpus",
  processor_cores: "facts.cpus",
  memtotal_mb: "Math.floor(facts.memory / 2 ** 20)",
  swaptotal_mb: "Math.floor(facts.swap / 2 ** 20)",
  service_mgr: '"systemd"',
  pkg_mgr: '"apt"',
  system: '"Linux"',
  virtualization_type: "facts.virtualization",
  user_id: "facts.user",
};
/** In parts, because kubeplay puts a module's own folder in its place. */
export const ownFolder = ["import", "meta", "dirname"].join(".");
const others: Readonly<Record<string, string>> = {
  inventory_hostname: "host.name",
  omit: "undefined",
  role_path: ownFolder,
};

/** The TypeScript for a name that Ansible itself sets; undefined if it is a variable. Throws ByHand for an unknown fact. */
export function ofAnsible(path: readonly string[]): string | undefined {
  const [first = "", second = "", ...rest] = path;
  if (first === "ansible_check_mode") throw new ByHand("whether it is a check");
  if (Object.hasOwn(others, first)) return withPath(others[first] ?? "", path.slice(1));
  if (first === "ansible_facts" && Object.hasOwn(facts, second)) return withPath(facts[second] ?? "", rest);
  const short = first.replace(/^ansible_/, "");
  if (short !== first && Object.hasOwn(facts, short)) return withPath(facts[short] ?? "", path.slice(1));
  if (short !== first || ["groups", "hostvars", "group_names", "play_hosts", "lookup"].includes(first))
    throw new ByHand(`the fact ${path.join(".")}`);
  return undefined;
}

const reserved = new Set([
  ...[
    "default",
    "delete",
    "new",
    "class",
    "function",
    "return",
    "switch",
    "case",
    "enum",
    "export",
    "import",
    "in",
    "if",
  ],
  ...[
    "vars",
    "v",
    "facts",
    "host",
    "inventory",
    "handler",
    "block",
    "file",
    "user",
    "group",
    "service",
    "restart",
    "reload",
  ],
]);

/** A constant for a name in words: "restart nginx" becomes restartNginx. Each has a name of its own. */
export function constantFor(name: string, taken: Set<string>): string {
  const words = name.replaceAll(/\{\{.*?\}\}/g, " ").match(/[A-Za-z0-9]+/g) ?? ["task"];
  const joined = words
    .map((word, index) => (index === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  const start =
    /^\d/.test(joined) || reserved.has(joined) ? `the${joined.charAt(0).toUpperCase()}${joined.slice(1)}` : joined;
  let found = start;
  for (let n = 2; taken.has(found); n++) found = `${start}${String(n)}`;
  taken.add(found);
  return found;
}
