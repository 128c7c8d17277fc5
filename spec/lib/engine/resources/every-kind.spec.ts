import { expect } from "chai";
import { readFileSync } from "node:fs";
import type { Role, RoleContext } from "kubeplay";
import type { AnyRules, Rule } from "#engine/tasks/properties.ts";
import { everyTask } from "../../../engine/every-task.ts";
import everySecret from "../../../engine/playbooks/every-secret.ts";

/** Exports that are no kind of their own, and one whose host must not be lost amid other tasks. */
const left: Readonly<Record<string, string>> = {
  timer: "a block of units and a service",
  reboot: "has spec/engine/reboot.spec.ts",
};

/** Those that need a server whose files change at any time. */
const needServers = ["postgresRole", "postgresDatabase"];

/** Kinds that have no property for a text, so for a secret. */
const textless = ["packageUpgrade"];

/** Properties that no secret can be in. */
const open: Readonly<Record<string, string>> = {
  "ansible module: module": "the controller packs the module that it names before any run",
};

const camelCase = (kind: string): string => kind.replace(/[ -](\w)/g, (_all, letter: string) => letter.toUpperCase());

/** The names of the resources that kubeplay exports, and with "systemd/actions" also those of the actions. */
function exported(index: string, from: RegExp): string[] {
  const names = [...readFileSync(index, "utf8").matchAll(/export \{([^}]+)\} from "([^"]+)"/g)]
    .filter(([, , source = ""]) => from.test(source))
    .flatMap(([, all = ""]) => all.split(",").map((name) => name.trim()));
  return names.filter((name) => name !== "" && !name.startsWith("type ") && !Object.hasOwn(left, name));
}

describe("the tasks of spec/engine/every-task.ts", () => {
  it("have every kind of resource and action that kubeplay exports", () => {
    const tasks = everyTask("/role").flatMap((task) => [task, ...task.handlers.flatMap((handler) => handler.tasks)]);
    const used = tasks.map(({ does }) =>
      "resource" in does ? does.resource.kind : "action" in does ? does.action.kind : "",
    );
    const all = exported("lib/engine/index.ts", /^\.\/resources\//);
    expect(all).to.include.members(needServers);
    const wanted = all.filter((name) => !needServers.includes(name));
    expect(wanted.length).to.be.greaterThan(30);
    expect([...new Set(used.map(camelCase))].sort()).to.deep.equal(wanted.sort());
  });
});

describe("the tasks of spec/engine/playbooks/every-secret.ts", () => {
  const secret = "Secret-of-specs";
  const [play] = everySecret as unknown as readonly { readonly roles: readonly Role[] }[];
  const vars = { every_word: secret, every_name: secret, every_pin: secret };
  const tasks = (play?.roles[0]?.tasks({ vars } as unknown as RoleContext<unknown>) ?? []).flatMap((task) => {
    if (!("does" in task)) return [];
    const { does, props } = task;
    const of = "resource" in does ? does.resource : "action" in does ? does.action : undefined;
    return of ? [{ kind: of.kind, rules: of.props as AnyRules | undefined, props }] : [];
  });
  const holdsText = (rule: Rule): boolean =>
    [secret, [secret], { text: secret }].some((value) => rule.problems(value, "it").length === 0);

  it("have every kind of resource that kubeplay exports, and each action with other properties than a unit's", () => {
    const wanted = [
      ...exported("lib/engine/index.ts", /^\.\/resources\/(?!systemd\/actions)/),
      ...exported("lib/kubernetes/index.ts", /\/manifests\/manifests?\.ts$/),
    ];
    expect(wanted).to.include.members(["file", "manifest"]);
    const used = [...new Set(tasks.map(({ kind }) => camelCase(kind)))];
    expect([...used, ...textless].sort()).to.deep.equal(wanted.sort());
  });

  it("leave out no kind that has a property for a text", () => {
    const kinds = everyTask("/role").flatMap(({ does }) => ("resource" in does ? [does.resource] : []));
    const found = kinds.filter(({ kind }) => textless.includes(camelCase(kind)));
    expect(found.map(({ kind }) => camelCase(kind))).to.have.members(textless);
    const rules = found.flatMap(({ props }) => Object.values((props ?? {}) as AnyRules));
    expect(rules.length).to.be.greaterThan(0);
    expect(rules.filter(holdsText)).to.deep.equal([]);
  });

  it("have a secret in every property that can hold a text", () => {
    const kinds = new Map<string, { readonly rules: AnyRules; readonly secrets: Set<string> }>();
    for (const { kind, rules, props } of tasks) {
      if (!rules) throw new Error(`${kind} has no rules`);
      const found = kinds.get(kind) ?? { rules, secrets: new Set() };
      kinds.set(kind, found);
      for (const [name, value] of Object.entries(props))
        if (JSON.stringify(value).includes(secret)) found.secrets.add(name);
    }
    const without = [...kinds].flatMap(([kind, { rules, secrets }]) =>
      Object.entries(rules)
        .filter(([, rule]) => holdsText(rule))
        .filter(([name]) => !secrets.has(name))
        .map(([name]) => `${kind}: ${name}`)
        .filter((name) => !Object.hasOwn(open, name)),
    );
    expect(without).to.deep.equal([]);
  });
});
