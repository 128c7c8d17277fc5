import { ByHand, textOf } from "./jinja.ts";

export type Args = Readonly<Record<string, unknown>>;

/** A task in kubeplay's words: the function, and its properties as values of YAML that may have Jinja2 in them. */
export interface NativeTask {
  readonly make: string;
  readonly props: Args;
}

/** A property that is TypeScript already, with the expression of a text in it if there is a % sign. */
export interface Written {
  readonly typescript: string;
  readonly of?: string;
}

type Converter = (args: Args) => NativeTask;

/** Renames arguments, keeps those with the same name, and refuses the rest. */
const isTemplate = (given: unknown): boolean => typeof given === "string" && given.includes("{{");

function renamed(args: Args, names: Readonly<Record<string, string>>, ignored: readonly string[] = []): Args {
  const wrong = Object.keys(args).find((name) => !Object.hasOwn(names, name) && !ignored.includes(name));
  if (wrong !== undefined) throw new ByHand(`the argument ${wrong}`);
  const kept = Object.entries(args).filter(([name]) => Object.hasOwn(names, name));
  return Object.fromEntries(kept.map(([name, one]) => [names[name] ?? name, one]));
}

const permissions = { owner: "owner", group: "group" };

/** Ansible's modes are texts with octal digits. */
function withMode(args: Args): { readonly mode?: Written } {
  const { mode } = args;
  if (mode === undefined) return {};
  if (isTemplate(mode))
    return { mode: { typescript: '(typeof % === "number" ? % : parseInt(%, 8))', of: textOf(mode) } };
  const digits = typeof mode === "number" ? mode.toString(8) : /^0?o?([0-7]{3,4})$/.exec(textOf(mode))?.[1];
  if (digits === undefined) throw new ByHand(`the mode ${textOf(mode)}`);
  return { mode: { typescript: `0o${digits}` } };
}

const yes = (given: unknown): boolean => given === true || given === "yes" || given === "true";
const listOf = (given: unknown): unknown => {
  if (isTemplate(given)) return { typescript: "[%].flat()", of: String(given) } satisfies Written;
  return Array.isArray(given) ? given : String(given).split(/,\s*/);
};

const state = ({ state: given = "present" }: Args): Args => {
  if (given === "absent") return { state: "absent" };
  if (isTemplate(given))
    return { state: { typescript: '(% === "absent" ? "absent" : "present")', of: String(given) } satisfies Written };
  if (given === "present" || given === "latest" || given === "installed") return {};
  throw new ByHand(`the state ${String(given)}`);
};

const path = (args: Args): unknown => args.path ?? args.dest ?? args.name;

const file: Converter = (args) => {
  const { state: wanted = "file", src } = args;
  const rest = renamed(args, permissions, [
    "path",
    "dest",
    "name",
    "state",
    "src",
    "mode",
    "force",
    "recurse",
    "follow",
  ]);
  if (yes(args.recurse)) throw new ByHand("recurse");
  switch (wanted) {
    case "directory":
      return { make: "directory", props: { path: path(args), ...withMode(args), ...rest } };
    case "link":
      return { make: "link", props: { dest: path(args), target: src } };
    // Absent is whatever is there, while a resource removes its own kind: the module does what Ansible does.
    default:
      throw new ByHand(`the state ${String(wanted)}`);
  }
};

const service: Converter = (args) => {
  const rest = renamed(args, { name: "name", enabled: "enabled", masked: "masked" }, [
    ...["state", "daemon_reload", "use", "sleep"],
  ]);
  const wanted = args.state;
  const enabled = isTemplate(args.enabled)
    ? { enabled: args.enabled }
    : args.enabled === undefined
      ? {}
      : { enabled: yes(args.enabled) };
  if (wanted === "restarted" || wanted === "reloaded")
    return { make: wanted === "restarted" ? "restart" : "reload", props: { name: args.name } };
  if (args.name === undefined) return { make: "daemonReload", props: {} };
  return { make: "service", props: { ...rest, ...enabled, ...(wanted !== undefined && { state: wanted }) } };
};

const packages: Converter = (args) => {
  renamed(args, { name: "names", pkg: "names" }, [
    ...["state", "update_cache", "cache_valid_time", "install_recommends", "use"],
  ]);
  const names = args.name ?? args.pkg;
  if (names === undefined) throw new ByHand("apt without packages");
  return { make: "packages", props: { names: listOf(names), ...state(args) } };
};

const command: Converter = (args) => {
  const props = renamed(args, { cmd: "run", _raw_params: "run", creates: "creates" }, ["chdir", "executable", "warn"]);
  if (args.executable !== undefined) throw new ByHand("executable");
  const { chdir } = args;
  return {
    make: "command",
    props: chdir === undefined ? props : { ...props, run: `cd ${textOf(chdir)} && ${String(props.run)}` },
  };
};

const script: Converter = (args) => {
  const { cmd, ...rest } = renamed(args, { cmd: "cmd", _raw_params: "cmd", creates: "creates" });
  const [src = "", ...words] = textOf(cmd).split(/ +/);
  if (/["'\\{|;&$]/.test(textOf(cmd))) throw new ByHand("a script with quotes or expressions");
  return { make: "script", props: { src, ...(words.length > 0 && { args: words }), ...rest } };
};

/** Without `flat`, Ansible makes folders of the hosts' names. */
const fetch: Converter = (args) => {
  const props = renamed(args, { src: "src", dest: "dest" }, ["flat", "fail_on_missing", "validate_checksum"]);
  if (!yes(args.flat)) throw new ByHand("fetch without flat: name the host in dest");
  const optional = args.fail_on_missing !== undefined && !yes(args.fail_on_missing);
  return { make: "fetch", props: { ...props, ...(optional && { optional }) } };
};

/** All that is no name and no group is a variable. */
const addHost: Converter = ({ name, hostname, host, groups, group, groupname, ...vars }) => {
  const of = groups ?? group ?? groupname;
  return {
    make: "addHost",
    props: {
      name: name ?? hostname ?? host,
      ...(of !== undefined && { groups: listOf(of) }),
      ...(Object.keys(vars).length > 0 && { vars }),
    },
  };
};

const user: Converter = (args) => ({
  make: "user",
  props: {
    ...renamed(
      args,
      { name: "name", uid: "uid", group: "group", home: "home", shell: "shell", comment: "comment", system: "system" },
      ["state", "groups", "append", "create_home", "createhome"],
    ),
    ...(args.groups !== undefined && args.groups !== "" && { groups: listOf(args.groups) }),
    ...state(args),
  },
});

/** The resources that have the same meaning, by the names of Ansible's modules without their collections. */
export const converters: Readonly<Record<string, Converter>> = {
  file,
  service,
  user,
  systemd: service,
  systemd_service: service,
  apt: packages,
  package: packages,
  script,
  fetch,
  add_host: addHost,
  group_by: (args) => {
    const { key, parents } = renamed(args, { key: "key", parents: "parents" });
    return { make: "groupBy", props: { key, ...(parents !== undefined && { parents: listOf(parents) }) } };
  },
  command,
  shell: command,
  raw: command,
  copy: (args) => ({
    make: "file",
    props: {
      ...renamed(args, { src: "src", content: "content", dest: "dest", ...permissions, validate: "validate" }, [
        "mode",
        "force",
      ]),
      ...withMode(args),
    },
  }),
  template: (args) => ({
    make: "template",
    props: {
      ...renamed(args, { src: "src", dest: "dest", ...permissions, validate: "validate" }, [
        "mode",
        "force",
        "backup",
        "lstrip_blocks",
      ]),
      ...withMode(args),
    },
  }),
  group: (args) => ({
    make: "group",
    props: { ...renamed(args, { name: "name", gid: "gid", system: "system" }, ["state"]), ...state(args) },
  }),
  lineinfile: (args) => ({
    make: "line",
    props: {
      path: path(args),
      ...renamed(
        args,
        { line: "line", regexp: "match", insertafter: "insertAfter", insertbefore: "insertBefore", create: "create" },
        ["path", "dest", "state", "mode", "owner", "group"],
      ),
      ...state(args),
    },
  }),
  get_url: (args) => ({
    make: "getUrl",
    props: {
      ...renamed(args, { url: "url", dest: "dest", ...permissions }, ["mode", "force", "checksum"]),
      ...(typeof args.checksum === "string" && { sha256: checksum(args.checksum) }),
      ...withMode(args),
    },
  }),
  git: (args) => ({
    make: "git",
    props: renamed(args, { repo: "repo", dest: "dest", version: "version", depth: "depth", force: "force" }, [
      "update",
    ]),
  }),
  pip: (args) => {
    const { venv, version, ...rest } = renamed(
      args,
      { name: "names", virtualenv: "venv", virtualenv_python: "python", version: "version" },
      ["state"],
    );
    if (venv === undefined) throw new ByHand("pip without virtualenv");
    if (args.state !== undefined && args.state !== "present" && args.state !== "absent")
      throw new ByHand(`the state ${textOf(args.state)}`);
    const names = version === undefined ? listOf(rest.names) : [`${textOf(rest.names)}==${textOf(version)}`];
    return { make: "pip", props: { ...rest, venv, names, ...state(args) } };
  },
  locale_gen: (args) => ({
    make: "locales",
    props: { names: listOf(renamed(args, { name: "names" }, ["state"]).names), ...state(args) },
  }),
  debconf: (args) => ({
    make: "debconf",
    props: renamed(args, {
      ...{ name: "package", pkg: "package", question: "question", setting: "question", selection: "question" },
      ...{ vtype: "type", value: "value", answer: "value" },
    }),
  }),
  hostname: (args) => ({ make: "hostname", props: renamed(args, { name: "name" }) }),
  timezone: (args) => ({ make: "timezone", props: renamed(args, { name: "name" }) }),
  modprobe: (args) => ({
    make: "kernelModule",
    props: { ...renamed(args, { name: "name" }, ["state"]), ...state(args) },
  }),
  sysctl: (args) => ({
    make: "sysctl",
    props: { ...renamed(args, { name: "name", value: "value" }, ["state", "reload", "sysctl_set"]), ...state(args) },
  }),
  authorized_key: (args) => ({
    make: "authorizedKeys",
    props: {
      ...renamed(args, { user: "user", exclusive: "exclusive" }, ["key", "state"]),
      keys: [args.key],
      ...state(args),
    },
  }),
  debug: (args) => ({ make: "debug", props: renamed(args, { msg: "message" }, ["verbosity"]) }),
  fail: (args) => ({ make: "assert", props: { that: false, message: args.msg ?? "it failed" } }),
};

function checksum(text: string): string {
  if (!text.startsWith("sha256:") || text.includes("://")) throw new ByHand("a checksum that is no SHA-256");
  return text.slice("sha256:".length);
}
