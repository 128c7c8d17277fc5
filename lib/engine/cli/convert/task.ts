import { nativeFor } from "../../ansible/natives.ts";
import { condition, textValue, value, type Scope } from "./expression.ts";
import { ByHand } from "./jinja.ts";
import { converters, type Args, type NativeTask, type Written } from "./natives.ts";

export type Yaml = Readonly<Record<string, unknown>>;

/** What became of a task. */
export type Outcome = "native" | "module" | "by hand" | "other system";

export interface RoleScope extends Scope {
  /** A scope in which these names mean this. */
  readonly with: (names: Readonly<Record<string, string>>) => RoleScope;
  /** The constant of the handler of a name. Throws ByHand if there is none. */
  readonly handler: (name: string) => string;
  /** A constant for a task whose output is read. */
  readonly register: (name: string) => string;
  /** The values that a template reads, and its file in Handlebars. Throws ByHand if it cannot be one. */
  readonly template: (src: string) => { readonly src: string; readonly names: readonly string[] };
  readonly imports: Set<string>;
  readonly count: (outcome: Outcome, name: string, why?: string) => void;
}

/** The keywords of a task, which are no modules. */
const keywords = new Set([
  ...["name", "when", "loop", "with_items", "with_list", "loop_control", "notify", "tags", "become", "become_user"],
  ...["register", "ignore_errors", "delegate_to", "run_once", "until", "retries", "delay", "changed_when", "listen"],
  ...["failed_when", "environment", "no_log", "check_mode", "vars", "args", "any_errors_fatal", "throttle", "timeout"],
]);
const collections = /^(?:ansible\.(?:builtin|legacy|posix)|community\.general)\./;

export interface Called {
  readonly module: string;
  readonly args: Args;
}

/** The module of a task, and its arguments; in the old form they are words with `=`. */
export function calledBy(task: Yaml): Called {
  const [module, ...more] = Object.keys(task).filter((key) => !keywords.has(key) && !key.startsWith("with_"));
  if (module === undefined || more.length > 0)
    throw new ByHand(`no module, or several: ${[module, ...more].join(", ")}`);
  const given = task[module];
  const extra = (task.args ?? {}) as Args;
  const short = module.replace(collections, "");
  if (typeof given !== "string") return { module, args: { ...(given as Args | null), ...extra } };
  if (["command", "shell", "raw", "script"].includes(short)) return { module, args: { cmd: given, ...extra } };
  const words = [...given.matchAll(/(\w+)=("[^"]*"|'[^']*'|(?:\{\{.*?\}\}|\S)+)/g)];
  return {
    module,
    args: {
      ...Object.fromEntries(words.map(([, key = "", word = ""]) => [key, word.replace(/^["']|["']$/g, "")])),
      ...extra,
    },
  };
}

/** The TypeScript of a task: an element of a list. Never throws: what cannot be converted fails the run, and says why. */
export function convertTask(task: Yaml, scope: RoleScope): string {
  const name =
    typeof task.name === "string" ? task.name : (Object.keys(task).find((key) => !keywords.has(key)) ?? "task");
  try {
    return looped(task, scope, (inner) => one(task, name, inner));
  } catch (error) {
    if (!(error instanceof ByHand)) throw error;
    scope.outputs.clear();
    scope.count("by hand", name, error.message);
    return byHand(name, error.message, task, scope);
  }
}

/** A task that fails with what is to be done. */
/** The conditions of a task, as far as they can be converted: without them, it would fail where it is not played. */
function conditionsOf({ when }: Yaml, scope: RoleScope): string {
  try {
    return [when ?? []]
      .flat()
      .map((one) => `.when(${outputOr(condition(one, scope), scope)})`)
      .join("");
  } catch (error) {
    scope.outputs.clear();
    if (error instanceof ByHand) return "";
    throw error;
  }
}

export function byHand(name: string, why: string, task: Yaml, scope: RoleScope): string {
  scope.imports.add("assert");
  const yaml = JSON.stringify(task, undefined, 2).replaceAll("*/", "* /");
  const title = JSON.stringify(name.replaceAll(/\{\{.*?\}\}/g, "…"));
  const failing = `assert(${title}, { that: false, message: ${JSON.stringify(`convert this task by hand: ${why}`)} })`;
  return `/* By hand: ${why.replaceAll("*/", "* /")}.\n${yaml}\n*/\n${failing}${conditionsOf(task, scope)}`;
}

function looped(task: Yaml, scope: RoleScope, make: (scope: RoleScope) => string): string {
  const other = Object.keys(task).find((key) => key.startsWith("with_") && !["with_items", "with_list"].includes(key));
  if (other !== undefined) throw new ByHand(`the loop ${other}`);
  const list = task.loop ?? task.with_items ?? task.with_list;
  if (list === undefined) return make(scope);
  const control = (task.loop_control ?? {}) as { readonly loop_var?: string };
  const variable = control.loop_var ?? "item";
  const items = value(list, scope);
  if (task.register !== undefined) throw new ByHand("the results of a loop");
  return `...${items}.map((${variable}: any) => ${make(scope.with({ [variable]: variable }))})`;
}

function one(task: Yaml, name: string, outer: RoleScope): string {
  const own = Object.entries((task.vars ?? {}) as Yaml).map(
    ([key, given]) => [key, `(${value(given, outer)})`] as const,
  );
  const scope = own.length === 0 ? outer : outer.with(Object.fromEntries(own));
  const { module, args } = calledBy(task);
  const title = textValue(name, scope);
  const written = body(module, args, task, scope, title);
  const text = written.text + methods(task, scope);
  if (scope.outputs.size === 0) return text;
  throw new ByHand("an output in its name, its loop or its options");
}

interface Body {
  readonly text: string;
  readonly native: boolean;
}

function body(module: string, args: Args, task: Yaml, scope: RoleScope, title: string): Body {
  const short = module.replace(collections, "");
  const convert = Object.hasOwn(converters, short) ? converters[short] : undefined;
  try {
    if (!convert) throw new ByHand(`no resource for ${module}`);
    const { make, props } = asRead(convert(args), task);
    const { rest, values } = make === "template" ? templated(props, scope) : { rest: props, values: "" };
    const entries = Object.entries({ ...rest, ...results(task, make) }).map(
      ([key, prop]) => `${key}: ${outputOr(propValue(prop, scope), scope)}`,
    );
    scope.imports.add(make);
    scope.count("native", title);
    // Ansible adds a host once for all hosts of the play.
    const once = make === "addHost" && task.run_once !== true ? ".runOnce()" : "";
    return {
      text: `${make}(${title}, { ${[...entries, values].filter((part) => part !== "").join(", ")} })${once}`,
      native: true,
    };
  } catch (error) {
    if (!(error instanceof ByHand) || isOnController(short)) throw error;
    scope.outputs.clear();
    const given = outputOr(value(args, scope), scope);
    const written = `ansibleModule(${title}, { module: ${JSON.stringify(fullName(module))}, args: ${given} })`;
    for (const key of ["changed_when", "failed_when"]) if (task[key] !== undefined) throw new ByHand(key);
    scope.imports.add("ansibleModule");
    scope.count("module", title, error.message);
    return { text: written, native: false };
  }
}

const fullName = (module: string): string => (module.includes(".") ? module : `ansible.builtin.${module}`);

/** Action plugins, which ansibleModule cannot carry. */
const isOnController = (module: string): boolean =>
  [
    ...[
      "assemble",
      "assert",
      "copy",
      "debug",
      "fail",
      "fetch",
      "group_by",
      "import_role",
      "import_tasks",
      "include_role",
    ],
    ...["include_tasks", "include_vars", "meta", "package", "pause", "raw", "reboot", "script", "service", "set_fact"],
    ...["shell", "command", "synchronize", "template", "unarchive", "uri", "add_host", "include", "dnf"],
  ].includes(module) &&
  (nativeFor(module) !== undefined || module !== "");

function templated(props: Args, scope: RoleScope): { readonly rest: Args; readonly values: string } {
  if (typeof props.src !== "string") throw new ByHand("the name of its template");
  const { src, names } = scope.template(props.src);
  const values = names.map((name) => `${name}: ${scope.resolve([name])}`);
  const given = outputOr(`{ ${values.join(", ")} }`, scope);
  return { rest: { ...props, src }, values: values.length === 0 ? "" : `values: ${given}` };
}

/** A command that changes nothing, and says so, runs in a check too. */
const asRead = (native: NativeTask, { changed_when: changed }: Yaml): NativeTask =>
  native.make === "command" && changed === false && native.props.creates === undefined
    ? { ...native, make: "read" }
    : native;

/** `changed_when` and `failed_when` of a command, if they are constant. */
function results(task: Yaml, make: string): Args {
  const found: Record<string, Written> = {};
  for (const [key, prop] of [
    ["changed_when", "changedWhen"],
    ["failed_when", "failedWhen"],
  ] as const) {
    if (task[key] === undefined) continue;
    if (make === "read" && key === "changed_when") continue;
    if (!["command", "script", "read"].includes(make) || typeof task[key] !== "boolean") throw new ByHand(key);
    found[prop] = { typescript: `() => ${String(task[key])}` };
  }
  return found;
}

const isWritten = (prop: unknown): prop is Written => typeof prop === "object" && prop !== null && "typescript" in prop;
const propValue = (prop: unknown, scope: RoleScope): string =>
  isWritten(prop) ? prop.typescript.replaceAll("%", () => value(prop.of ?? "", scope)) : value(prop, scope);

/** Everything after the task itself. */
function methods(task: Yaml, scope: RoleScope): string {
  const list = (given: unknown): unknown[] => (given === undefined ? [] : Array.isArray(given) ? given : [given]);
  const text = (given: unknown): string => value(String(given), scope);
  for (const key of ["until"]) if (task[key] !== undefined) throw new ByHand(key);
  return [
    ...list(task.when).map((one) => `.when(${outputOr(condition(one, scope), scope)})`),
    ...list(task.notify).map((one) => `.notify(${scope.handler(String(one))})`),
    ...(task.tags === undefined
      ? []
      : [
          `.tagged(${list(task.tags)
            .map((tag) => JSON.stringify(tag))
            .join(", ")})`,
        ]),
    ...(task.become_user === undefined ? [] : [`.become(${text(task.become_user)})`]),
    ...(task.ignore_errors === true ? [".ignoreErrors()"] : []),
    ...(task.run_once === true ? [".runOnce()"] : []),
    ...(task.delegate_to === undefined ? [] : [`.delegateTo(${text(task.delegate_to)})`]),
    ...(task.environment === undefined ? [] : [`.environment(${value(task.environment, scope)})`]),
  ].join("");
}

/** An expression that reads the output of one task is computed once that has run. */
export function outputOr(written: string, scope: RoleScope): string {
  const [constant, ...more] = [...scope.outputs];
  scope.outputs.clear();
  if (constant === undefined) return written;
  if (more.length > 0) throw new ByHand("the results of several tasks in one condition");
  return `${constant}.output.map((${constant}Result) => ${written})`;
}
