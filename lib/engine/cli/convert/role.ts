import path from "node:path";
import { condition, value } from "./expression.ts";
import { ByHand } from "./jinja.ts";
import { forDebian, isForOthers, ofRelease } from "./debian.ts";
import { declaredVariables } from "./declared.ts";
import { indexFile } from "./index-file.ts";
import { constantFor, ofAnsible } from "./names.ts";
import { Registered } from "./registered.ts";
import { RoleFiles } from "./role-files.ts";
import { RoleTemplates } from "./role-templates.ts";
import { byHand, calledBy, convertTask, outputOr, type Outcome, type RoleScope, type Yaml } from "./task.ts";

export interface ConvertedRole {
  /** The text of each new file, by its path in the role. */
  readonly files: ReadonlyMap<string, string>;
  readonly tasks: readonly { readonly outcome: Outcome; readonly name: string; readonly why?: string }[];
  readonly templates: readonly { readonly file: string; readonly why?: string }[];
}

/** Converts one role of Ansible. */
export class RoleConverter {
  readonly #role: RoleFiles;
  readonly #name: string;
  readonly #tasks: { outcome: Outcome; name: string; why?: string }[] = [];
  readonly #templates: RoleTemplates;
  readonly #imports = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #handlers = new Map<string, string>();
  readonly #registered = new Registered();
  readonly #needed = new Set<string>();
  readonly #defaults: Yaml;
  /** Statements before the list of tasks: values, tasks with outputs, lists of other files. */
  readonly #values: string[] = [];
  readonly #statements: string[] = [];
  readonly #included = new Map<string, string>();

  constructor(folder: string) {
    this.#role = new RoleFiles(folder);
    this.#name = path.basename(folder);
    this.#defaults = this.#role.yaml("defaults/main") as Yaml;
    this.#templates = new RoleTemplates(folder, this.#defaults, (name) => this.#resolve([name], {}));
  }

  convert(): ConvertedRole {
    const scope = this.#scope({});
    this.#assign(this.#role.yaml("vars/main") as Yaml, scope);
    const handlers = this.#role.list("handlers/main");
    for (const task of handlers) this.#declareHandler(task);
    const tasks = this.#items(this.#role.list("tasks/main"), scope);
    const written = handlers.map((task) => this.#handler(task, scope));
    const files = new Map([...this.#templates.texts, ["index.ts", this.#index(tasks, written)]]);
    return { files, tasks: this.#tasks, templates: this.#templates.results() };
  }

  #scope(local: Readonly<Record<string, string>>): RoleScope {
    return {
      outputs: this.#registered.read,
      imports: this.#imports,
      with: (names) => this.#scope({ ...local, ...names }),
      resolve: (names) => this.#resolve(names, local),
      handler: (name) => this.#handlerNamed(name),
      register: (name) => this.#registered.constantOf(name) ?? name,
      template: (src) => this.#templates.take(src),
      count: (outcome, name, why) => void this.#tasks.push({ outcome, name, ...(why !== undefined && { why }) }),
    };
  }

  #resolve(names: readonly string[], local: Readonly<Record<string, string>>): string {
    const [first = "", ...rest] = names;
    const path = rest.map((key) => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)).join("");
    if (Object.hasOwn(local, first)) return `${local[first] ?? first}${path}`;
    const registered = this.#registered.constantOf(first);
    if (registered !== undefined) return this.#registered.output(registered, rest);
    const own = ofAnsible(names);
    if (own !== undefined) return own;
    if (!Object.hasOwn(this.#defaults, first)) this.#needed.add(first);
    return `v.${first}${path}`;
  }

  #declareHandler(task: Yaml): void {
    const name = String(task.name);
    const constant = constantFor(name, this.#taken);
    const listens = [task.listen ?? []].flat().map(String);
    for (const one of [name, ...listens]) if (!this.#handlers.has(one)) this.#handlers.set(one, constant);
  }

  #handlerNamed(name: string): string {
    const found = this.#handlers.get(name);
    if (found === undefined) throw new ByHand(`the handler ${name}`);
    return found;
  }

  #handler(task: Yaml, scope: RoleScope): string {
    this.#imports.add("handler");
    const made = convertTask(task, scope);
    return `const ${this.#handlerNamed(String(task.name))} = handler(${JSON.stringify(task.name)}, ${made});`;
  }

  #assign(values: Yaml, scope: RoleScope, when = ""): void {
    for (const [name, one] of Object.entries(values))
      try {
        const written = value(one, scope);
        if (scope.outputs.size > 0) {
          scope.outputs.clear();
          throw new ByHand("a value that comes from an output");
        }
        this.#values.push(`${when}v.${name} = ${written};`);
        this.#needed.delete(name);
        if (!Object.hasOwn(this.#defaults, name)) this.#constants.add(name);
      } catch (error) {
        if (!(error instanceof ByHand)) throw error;
        scope.count("by hand", `variable ${name}`, error.message);
        this.#values.push(`// By hand: ${error.message}: v.${name} = ${JSON.stringify(one)}`);
      }
  }
  /** Variables that the role sets itself. */
  readonly #constants = new Set<string>();

  #items(tasks: readonly Yaml[], scope: RoleScope): string[] {
    return tasks.map((task) => this.#item(task, scope)).filter((one) => one !== "");
  }

  #item(task: Yaml, scope: RoleScope): string {
    if (isForOthers(task.when)) {
      scope.count("other system", nameOf(task));
      return "";
    }
    try {
      if (Array.isArray(task.block)) return this.#block(task, scope);
      const { module, args } = calledBy(task);
      switch (module.replace(/^ansible\.builtin\./, "")) {
        case "include_tasks":
        case "import_tasks":
        case "include":
          return this.#include(task, String(args.file ?? task[module]), scope);
        case "include_vars":
          return this.#includeVars(task, String(args.file ?? task[module]), scope);
        case "set_fact":
          if (task.loop !== undefined || task.with_items !== undefined) throw new ByHand("set_fact in a loop");
          this.#assign(args, scope, task.when === undefined ? "" : `if (${this.#static(task.when, scope)}) `);
          return "";
        case "meta":
          if (task[module] !== "flush_handlers") throw new ByHand(`meta: ${String(task[module])}`);
          this.#imports.add("flushHandlers");
          return "flushHandlers()";
        case "assert":
          return this.#assert(task, args, scope);
      }
    } catch (error) {
      scope.outputs.clear();
      if (!(error instanceof ByHand)) throw error;
      scope.count("by hand", nameOf(task), error.message);
      return byHand(nameOf(task), error.message, task, scope);
    }
    return this.#task(task, scope);
  }

  #task(task: Yaml, scope: RoleScope): string {
    const written = convertTask(task, scope);
    scope.outputs.clear();
    if (typeof task.register !== "string" || written.startsWith("/*")) return written;
    const constant = constantFor(task.register, this.#taken);
    this.#registered.add(task.register, constant, written.startsWith("ansibleModule("));
    this.#statements.push(`const ${constant} = ${written};`);
    return constant;
  }

  #static(when: unknown, scope: RoleScope): string {
    const written = [when]
      .flat()
      .map((one) => condition(one, scope))
      .join(" && ");
    if (scope.outputs.size === 0) return written;
    scope.outputs.clear();
    throw new ByHand("a condition on an output");
  }

  #assert(task: Yaml, args: Yaml, scope: RoleScope): string {
    this.#imports.add("assert");
    scope.count("native", String(task.name));
    const message = args.fail_msg ?? args.msg ?? task.name ?? "an assertion does not hold";
    return `assert(${value(nameOf(task), scope)}, { that: ${this.#static(args.that, scope)}, message: ${value(message, scope)} })`;
  }

  #block(task: Yaml, scope: RoleScope): string {
    this.#imports.add("block");
    const part = (key: string): string => this.#items((task[key] ?? []) as Yaml[], scope).join(",\n");
    const [rescue, always] = [part("rescue"), part("always")];
    const tasks = part("block");
    const when = [task.when ?? []]
      .flat()
      .map((one) => `.when(${outputOr(condition(one, scope), scope)})`)
      .join("");
    const name = JSON.stringify(nameOf(task));
    return `block(${name}, ${tasks})${rescue && `.rescue(${rescue})`}${always && `.always(${always})`}${when}`;
  }

  #include(task: Yaml, given: string, scope: RoleScope): string {
    const file = forDebian(given).replace(/\.ya?ml$/, "");
    if (file.includes("{{") || task.loop !== undefined || task.with_items !== undefined)
      throw new ByHand(`include_tasks: ${given}`);
    const known = this.#included.get(file);
    const constant = known ?? constantFor(file, this.#taken);
    if (known === undefined) {
      this.#included.set(file, constant);
      const items = this.#items(this.#role.list(`tasks/${file}`), scope);
      this.#imports.add("type Item");
      this.#statements.push(`/** tasks/${file}.yml */\nconst ${constant}: Item[] = [\n${items.join(",\n")}\n];`);
    }
    const conditions = [task.when ?? []]
      .flat()
      .map((one) => `.when(${outputOr(condition(one, scope), scope)})`)
      .join("");
    return conditions === "" ? `...${constant}` : `...${constant}.map((each) => each${conditions})`;
  }

  #includeVars(task: Yaml, given: string, scope: RoleScope): string {
    const chosen =
      /first_found|^\{\{\s*item\s*\}\}$/.test(given) || task.with_first_found !== undefined ? "Debian" : undefined;
    const file = chosen ?? ofRelease(path.join(this.#role.folder, "vars"), forDebian(given).replace(/\.ya?ml$/, ""));
    const values = file.includes("{{") ? {} : (this.#role.yaml(`vars/${file}`) as Yaml);
    if (Object.keys(values).length === 0) throw new ByHand(`include_vars: ${given}`);
    this.#values.push(`// vars/${file}.yml, for Debian and Ubuntu`);
    this.#assign(values, scope);
    return "";
  }

  #index(tasks: readonly string[], handlers: readonly string[]): string {
    const needed = (): string[] =>
      [...this.#needed].filter((name) => !Object.hasOwn(this.#defaults, name) && !this.#constants.has(name));
    const { declared, computed } = declaredVariables(this.#name, this.#defaults, needed, this.#scope({}));
    const body = [
      ...computed,
      ...this.#values,
      ...handlers,
      ...this.#statements,
      `return [\n${tasks.join(",\n")}\n];`,
    ].join("\n");
    return indexFile(this.#name, declared, body, this.#imports);
  }
}

const nameOf = ({ name }: Yaml): string => (typeof name === "string" ? name : "a task");
