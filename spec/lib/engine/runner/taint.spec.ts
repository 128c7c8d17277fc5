import { expect } from "chai";
import { Type } from "typebox";
import {
  certificate,
  command,
  defineAction,
  defineRole,
  directory,
  file,
  handler,
  line,
  link,
  play,
  read,
  register,
  run,
  Secret,
  template,
  user,
  wait,
  type CommandOutput,
  type Item,
} from "kubeplay";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { loadInventory } from "#engine/inventory/load.ts";
import { clear, folder, played, type Scene } from "./stage.ts";

const vars = {
  token: Secret(Type.String({ default: "" })),
  pin: Secret(Type.Number({ default: 1 })),
  account: Type.Object(
    { user: Type.String(), password: Secret(Type.String()) },
    { default: { user: "ann", password: "" } },
  ),
};
interface Values {
  readonly token: string;
  readonly pin: number;
  readonly account: { readonly user: string; readonly password: string };
}

/** Plays a role of these tasks, with these secrets. */
const playing = (
  root: string,
  secrets: Partial<Values>,
  tasks: (values: Values, root: string) => readonly Item[],
  more: Partial<Scene> = {},
) =>
  played({
    root,
    vars: secrets,
    options: { diff: true, ...more.options },
    playbook: [
      play({
        name: "Play",
        hosts: "all",
        roles: [
          defineRole({ name: "app", description: "", folder: root, vars, tasks: ({ vars }) => tasks(vars, root) }),
        ],
      }),
    ],
    ...more,
  });

const first = "correct-horse-battery";
const second = "staple-and-paperclip";
const rot13 = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));
const reversed = (text: string): string => Array.from(text).reverse().join("");

describe("what comes of a secret", () => {
  after(clear);
  let root = "";
  beforeEach(() => {
    root = folder();
    mkdirSync(path.join(root, "templates"));
    writeFileSync(path.join(root, "templates/app.hbs"), "user = app\npassword = {{word}}\n");
  });

  /** Everything that a run tells anybody. */
  const told = ({ events, terminal }: Awaited<ReturnType<typeof playing>>): string => JSON.stringify(events) + terminal;

  const writers: Readonly<Record<string, (text: string, root: string) => Item>> = {
    file: (text, at) => file("Write it", { dest: `${at}/out`, content: `user = app\npassword = ${text}\n` }),
    template: (text, at) => template("Write it", { dest: `${at}/out`, src: "app.hbs", values: { word: text } }),
    line: (text, at) =>
      line("Write it", { path: `${at}/out`, line: `password = ${text}`, match: "^password", create: true }),
    link: (text, at) => link("Link it", { dest: `${at}/link`, target: `/srv/${text}` }),
  };
  for (const [kind, task] of Object.entries(writers))
    for (const [form, written] of Object.entries({
      "as it is": (text: string) => text,
      "in a form of its role": rot13,
    }))
      it(`is hidden before and after a change of a ${kind}, ${form}`, async () => {
        const tasks = ({ token }: Values) => [task(written(token), root)];
        await playing(root, { token: first }, tasks);
        const check = await playing(root, { token: second }, tasks, { options: { check: true, diff: true } });
        const changed = await playing(root, { token: second }, tasks);
        for (const one of [check, changed]) {
          expect(one.changes, one.terminal).to.have.length(1);
          for (const secret of [first, second]) expect(told(one)).to.not.include(written(secret));
          expect(one.terminal).to.include("(secret)");
        }
      });

  it("is hidden if it has three characters, or one", async () => {
    const tasks = ({ token }: Values) => [
      file("Write it", { dest: `${root}/out`, content: `pin=${token};\n` }),
      command(`Say ${token}`, { run: `echo ${token}-${token}; exit 3` }).ignoreErrors(),
    ];
    for (const [old, token] of [
      ["qzx", "xzq"],
      ["Q", "Z"],
    ] as const) {
      await playing(root, { token: old }, tasks);
      const { events, terminal } = await playing(root, { token }, tasks);
      const said = events.flatMap((event) =>
        event.type === "task" ? [event.task, event.label, event.message, event.differences] : [],
      );
      expect(JSON.stringify([said, terminal]).replaceAll("TASK", "")).to.not.match(
        new RegExp(`\\b(${old}|${token})\\b`),
      );
      expect(terminal).to.include("Say ********").and.include("exit code 3");
    }
  });

  /** What a run says of each task: its name, its label and its message. */
  const saidOf = ({ tasks }: Awaited<ReturnType<typeof playing>>): string[] =>
    tasks.flatMap(({ task, label, message }) => [task, label, ...(message === undefined ? [] : [message])]);

  const wholes: Readonly<Record<string, (text: string) => string>> = {
    "as it is": (text) => text,
    "in base64": (text) => Buffer.from(text).toString("base64url"),
    "in hexadecimal digits": (text) => Buffer.from(text).toString("hex"),
    "in a URL": encodeURIComponent,
  };
  for (const [form, written] of Object.entries(wholes))
    it(`is hidden to its first and its last character, ${form}`, async () => {
      const tasks = ({ token }: Values) => [
        command(`Say ${written(token)} loudly`, { run: `: '${written(token)}'` }),
        command("Fail", { run: ":" }).notify(handler(`Tell ${written(token)} too`, run("Tell", { run: ":" }))),
      ];
      for (const token of ["$$P4ss##", "Summer2024!!", "пароль1", "𝒜bcde𝒞", "hunter22", "48291377"]) {
        const found = await playing(root, { token }, tasks);
        expect(saidOf(found).slice(0, 2), token).to.deep.equal(["Say ******** loudly", ": '********'"]);
        expect(JSON.stringify(found.events), token).to.include("Tell ******** too");
      }
    });

  it("is hidden to its first and its last character in a form of its role, and if it is a number", async () => {
    const tasks = ({ token, pin }: Values) => [
      command(`Say ${token.toUpperCase()} loudly`, { run: `: ${token.toUpperCase()}` }),
      command(`Say ${String(pin)} loudly`, { run: `: x${String(pin)}` }),
    ];
    for (const [token, pin] of [
      ["пароль", 48291377],
      ["𝒜bc𝒞", 99],
      ["qzx", 98],
      ["жук", 1999999],
      ["äöü", 10],
    ] as const)
      expect(saidOf(await playing(root, { token, pin }, tasks)), `${token} ${String(pin)}`).to.deep.equal([
        "Say ******** loudly",
        ": ********",
        "Say ******** loudly",
        ": x********",
      ]);
  });

  it("is hidden to its first and its last character in an error about a part of a property", async () => {
    for (const token of ["$$P4ss##", "Summer2024!!"]) {
      const found = await playing(root, { token }, ({ token: word }) => [
        file("Write it", { dest: `${root}/none/${word}/x`, content: "1" }),
      ]);
      for (const text of saidOf(found)) expect(text).to.not.match(/[$!#]/);
    }
  });

  it("leaves everything else to be seen", async () => {
    const tasks = ({ token }: Values) => [
      file("Write it", { dest: `${root}/out`, content: `${token}\n`, mode: token === first ? 0o644 : 0o600 }),
      file("Write more", { dest: `${root}/more`, content: "more\n" }),
      directory("Make it", { path: `${root}/in` }),
    ];
    await playing(root, { token: first }, tasks);
    const { tasks: ended } = await playing(root, { token: second }, tasks);
    expect(ended.map(({ label, outcome }) => [label, outcome])).to.deep.equal([
      [`${root}/out`, "changed"],
      [`${root}/more`, "ok"],
      [`${root}/in`, "ok"],
    ]);
    expect(ended[0]?.differences).to.deep.equal([
      { what: "content", before: "(secret)", after: "(secret)" },
      { what: "mode", before: "0644", after: "0600" },
    ]);
    const { tasks: plain } = await playing(root, {}, () => [
      file("Write it", { dest: `${root}/more`, content: "new\n" }),
    ]);
    expect(plain[0]?.differences).to.deep.equal([{ what: "content", before: "more\n", after: "new\n" }]);
  });

  it("is hidden in the label, the output and the error of a command, in whatever form", async () => {
    const tasks = ({ token }: Values) => [
      command("Log in", {
        run: `login --password=${reversed(token)} --to=server; echo ${reversed(token)} >&2; exit 7`,
      }),
    ];
    const { tasks: ended, ...run } = await playing(root, { token: first }, tasks);
    expect(told({ tasks: ended, ...run })).to.not.include(reversed(first));
    expect(ended[0]?.label).to.equal("login --password=******** >&2; exit 7");
    expect(ended[0]?.message).to.equal(
      "exit code 7: (its output is not shown, because there is a secret in this task)",
    );
  });

  for (const token of ["пароль1", "1пароль", "$$P4ss##", "Summer2024!!", "__v-1__", "𝔄key𝔄", "{P4ss!"])
    it(`is hidden in names and labels from its first character to its last: ${token}`, async () => {
      const tasks = ({ token: word }: Values) => [command(`Say ${word}.`, { run: `: at ${word}.` })];
      const { tasks: ended } = await playing(root, { token }, tasks);
      expect(ended.map(({ task, label }) => [task, label])).to.deep.equal([["Say ********.", ": at ********."]]);
    });

  for (const pin of [48291377, 98, 99, 100, -17, 8.5])
    it(`is hidden in names and labels from its first digit to its last: ${String(pin)}`, async () => {
      const tasks = ({ pin: number }: Values) => [
        command(`Say ${String(number)}.`, { run: `: at ${String(number)}.` }),
      ];
      const { tasks: ended } = await playing(root, { pin }, tasks);
      const [said = "", label = ""] = [ended[0]?.task, ended[0]?.label];
      expect(said).to.match(/^Say -?\*{8}\.$/);
      expect(label).to.match(/^: at -?\*{8}\.$/);
    });

  it("is hidden in the outputs of its task, and in the tasks that take them", async () => {
    const later = register<CommandOutput>("later");
    const tasks = ({ token }: Values) => {
      const made = command("Make it", { run: `echo '${token}' | tr a-z n-za-m`, changedWhen: () => false }).register(
        later,
      );
      return [
        made,
        file("Write it", { dest: `${root}/out`, content: made.output.map(({ stdout }) => `made of ${stdout}`) }),
        file("Write it there", { dest: `${root}/there`, content: later.on("a").map(({ stdout }) => stdout) }),
        read("Read it", { run: made.output.map(({ stdout }) => `echo ${stdout.trim()}; exit 1`) }).ignoreErrors(),
      ];
    };
    await playing(root, { token: first }, tasks);
    const run = await playing(root, { token: second }, tasks);
    expect(run.changes).to.deep.equal(["a: Write it", "a: Write it there"]);
    for (const secret of [first, second]) expect(told(run)).to.not.include(rot13(secret));
  });

  it("is hidden if a command that is secret made it", async () => {
    const tasks = () => {
      const made = command("Make it", { run: `cat ${root}/given`, secret: true, changedWhen: () => false });
      const seen = read("Read it", { run: `cat ${root}/given`, secret: true });
      return [
        made,
        seen,
        file("Write it", { dest: `${root}/out`, content: made.output.map(({ stdout }) => stdout) }),
        file("Write more", { dest: `${root}/more`, content: seen.output.map(({ stdout }) => stdout) }),
        command("Fail", { run: `cat ${root}/given >&2; exit 5`, secret: true }).ignoreErrors(),
        wait("Wait", { until: `cat ${root}/given >&2; false`, secret: true, timeout: 0 }),
      ];
    };
    writeFileSync(path.join(root, "given"), first);
    await playing(root, {}, tasks);
    writeFileSync(path.join(root, "given"), second);
    const run = await playing(root, {}, tasks);
    expect(run.changes).to.deep.equal(["a: Write it", "a: Write more"]);
    expect(told(run)).to.not.include(first).and.not.include(second).and.not.include("given");
    expect(run.terminal).to.include("exit code 5");
  });

  it("is hidden in the names of tasks, handlers and blocks, and in the journal of handlers", async () => {
    const tasks = ({ token }: Values) => {
      const again = handler(`Tell ${rot13(token)}`, run(`Say ${rot13(token)}`, { run: "exit 1" }));
      return [file(`Write ${rot13(token)} down`, { dest: `${root}/out`, content: "1" }).notify(again)];
    };
    const run_ = await playing(root, { token: first }, tasks);
    expect(told(run_)).to.not.include(rot13(first));
    expect(run_.terminal).to.include("Write ******** down").and.include("Say ********");
    expect(run_.pending("a")).to.deep.equal(["app : Tell ********"]);
  });

  it("is hidden in the environment of a command", async () => {
    const tasks = ({ token, account }: Values) => [
      command("Say it", { run: "echo $WORD | rev >&2; exit 1", environment: { WORD: token } }).ignoreErrors(),
      command("Say it too", { run: "echo $WORD | rev >&2; exit 1" }).environment({ WORD: account.password }),
    ];
    const run = await playing(root, { token: first, account: { user: "ann", password: second } }, tasks);
    for (const secret of [first, second]) expect(told(run)).to.not.include(reversed(secret));
    expect(run.tasks.map(({ label }) => label)).to.deep.equal(Array(2).fill("echo $WORD | rev >&2; exit 1"));
  });

  it("hides the output of a program that prints nothing of its environment only if a property comes from one too", async () => {
    const quiet = defineAction({
      kind: "program",
      label: () => "",
      steps: (p: { readonly word: string }) => [
        { sh: `echo "407 Authentication Required: ${p.word}" >&2; exit 1`, printsNoEnvironment: true },
      ],
    });
    const tasks = ({ token }: Values) => [
      quiet("Ask", { word: "x" }).environment({ PROXY: token }).ignoreErrors(),
      quiet("Ask it", { word: rot13(token) }).environment({ PROXY: token }),
    ];
    const run = await playing(root, { token: first }, tasks);
    expect(run.tasks[0]?.message).to.equal("exit code 1: 407 Authentication Required: x");
    expect(run.tasks[1]?.message).to.include("its output is not shown");
  });

  it("is hidden if the role cannot be planned with another secret", async () => {
    const tasks = ({ token }: Values) => {
      if (token !== first && token !== second) throw new Error("not a key");
      return [file("Write it", { dest: `${root}/out`, content: rot13(token) })];
    };
    await playing(root, { token: first }, tasks);
    const run = await playing(root, { token: second }, tasks);
    expect(run.tasks.map(({ label, differences }) => [label, differences])).to.deep.equal([
      [`${root}/out`, [{ what: "content", before: "(secret)", after: "(secret)" }]],
    ]);
  });

  it("is hidden in numbers, in a part of a variable, and when the secret was taken away", async () => {
    const tasks = ({ pin, account }: Values) => [
      file("Write it", { dest: `${root}/out`, content: `${String(pin * 3)} ${account.user} ${account.password}\n` }),
    ];
    await playing(root, { pin: 7001, account: { user: "ann", password: first } }, tasks);
    const run = await playing(root, { pin: 8002, account: { user: "eve", password: "" } }, tasks);
    for (const secret of [first, "21003", "24006"]) expect(told(run)).to.not.include(secret);
  });

  it("is hidden in what the validation of a file prints", async () => {
    const tasks = ({ token }: Values) => [
      file("Write it", { dest: `${root}/out`, content: token, validate: "rev %s >&2; false" }),
    ];
    const run = await playing(root, { token: first }, tasks);
    expect(told(run)).to.not.include(reversed(first));
    expect(run.tasks[0]?.message).to.equal(
      `${root}/out could not be written: (its output is not shown, because there is a secret in this task)`,
    );
  });

  it("is hidden in an error that says what is there instead", async () => {
    const tasks = ({ token }: Values) => [
      certificate("Make a CA", { path: `${root}/ca.crt`, profile: "ca", commonName: token }),
    ];
    await playing(root, { token: first }, tasks);
    const run = await playing(root, { token: second }, tasks);
    expect(run.tasks.map(({ outcome }) => outcome)).to.deep.equal(["failed"]);
    for (const secret of [first, second]) expect(told(run)).to.not.include(secret);
  });

  it("is hidden in an error about a path or a name", async () => {
    const tasks = ({ token }: Values) => [
      directory("Make it", { path: `${root}/a${token}a` }),
      file("Write it", { dest: `${root}/a${token}a`, content: "1" }).ignoreErrors(),
      file("Write it there", { dest: `${root}/none-a${token}a/x`, content: "1" }).ignoreErrors(),
      user("Make a user", { name: "no-such", shell: `/bin/a${token}a`, state: "absent" }),
    ];
    const run = await playing(root, { token: "qzx" }, tasks);
    expect(run.tasks.map(({ outcome }) => outcome)).to.deep.equal(["changed", "failed", "failed", "ok"]);
    expect(told(run)).to.not.include("qzx");
    expect(run.terminal).to.include("a********a: the reason is not shown, because there is a secret in it");
  });

  it("is hidden if only another host has it, which does not play the role", async () => {
    writeFileSync(
      path.join(root, "hosts.yaml"),
      JSON.stringify({
        all: { vars: { ansible_connection: "local" }, hosts: { a: {}, b: { token: first } } },
      }),
    );
    const inventory = loadInventory({ file: path.join(root, "hosts.yaml"), root, extraVars: [], defaults: {} });
    const role = defineRole({
      name: "app",
      description: "",
      folder: root,
      vars: { token: Type.Optional(Secret(Type.String())) },
      tasks: ({ inventory: all, varsOf }) => [
        file("Write it", { dest: `${root}/out`, content: rot13(varsOf(all.host("b")).token ?? "") }),
      ],
    });
    const found = await playing(root, {}, () => [], {
      inventory,
      playbook: [play({ name: "Play", hosts: "a", roles: [role] })],
    });
    expect(found.changes).to.deep.equal(["a: Write it"]);
    expect(told(found)).to.not.include(rot13(first));
  });
});
