import { expect } from "chai";
import { Type } from "typebox";
import { at, InputError, type Problem } from "#engine/errors.ts";
import { checkVariables } from "#engine/schema/check-variables.ts";
import { compile } from "#engine/schema/compile.ts";
import { Secret, secretsOf } from "#engine/schema/secret.ts";
import type { Assignment, Path, VarSpecs } from "#engine/schema/types.ts";

const specs = {
  proxy_port: Type.Integer({ minimum: 1, maximum: 65535, default: 8443, description: "Where the proxy listens." }),
  release: Type.String({ format: "version", default: "1.37.2" }),
  mode: Type.Enum(["ipvs", "nftables"], { default: "ipvs", description: "How Services are routed." }),
  swap: Type.Boolean({ default: false }),
  token: Secret(Type.String({ default: "none", minLength: 4, description: "Who may join." })),
  comment: Type.String({ default: "" }),
  ratio: Type.Number({ default: 0.5, exclusiveMinimum: 0 }),
  member_count: Type.Array(Type.Integer(), { default: [], minItems: 0, uniqueItems: true }),
  timeout: Type.Union([Type.Integer(), Type.Literal("never")], { default: 30 }),
  labels: Type.Record(Type.String(), Type.String(), { default: {} }),
  mirrors: Type.Array(
    Type.Object({
      host: Type.String({ format: "hostname", description: "The mirror's name." }),
      port: Type.Integer({ default: 5000 }),
      auth: Type.Optional(Type.Object({ user: Type.String(), password: Secret(Type.String()) })),
    }),
    { default: [], description: "Where images come from." },
  ),
  audit: Type.Object(
    {
      path: Type.String({ default: "/var/log/audit" }),
      keep: Type.Object({ days: Type.Integer({ default: 7 }) }, { default: {} }),
    },
    { default: {} },
  ),
  account: Secret(
    Type.Object({ user: Type.String(), password: Type.String() }, { default: { user: "", password: "" } }),
  ),
  proxy_url: Type.Optional(Type.String({ description: "The way out." })),
};

const assign = (name: string, value: unknown, more: Partial<Assignment> = {}): Assignment => ({
  name,
  value,
  from: "group_vars/all.yaml",
  where: { file: "group_vars/all.yaml", line: 3, column: 1 },
  ...more,
});
const text = (problems: readonly Problem[]): string => new InputError(problems).message;
const check = (assignments: readonly Assignment[], of: VarSpecs = specs) => checkVariables({ specs: of, assignments });
const here = "group_vars/all.yaml:3:1";

describe("checkVariables", () => {
  it("gives every variable its default, including those of nested maps", () => {
    const { values, problems } = checkVariables({ specs, assignments: [assign("mirrors", [{ host: "mirror" }])] });
    expect(problems).to.deep.equal([]);
    expect(values.proxy_port).to.equal(8443);
    expect(values.audit).to.deep.equal({ path: "/var/log/audit", keep: { days: 7 } });
    expect(values.mirrors).to.deep.equal([{ host: "mirror", port: 5000 }]);
    expect(values.proxy_url).to.equal(undefined);
  });

  it("does not modify the inventory's own value and the declared default", () => {
    const mirrors = [{ host: "mirror" }];
    checkVariables({ specs, assignments: [assign("mirrors", mirrors)] });
    expect(mirrors).to.deep.equal([{ host: "mirror" }]);
    const first = checkVariables({ specs, assignments: [] }).values.audit;
    expect(checkVariables({ specs, assignments: [] }).values.audit).to.not.equal(first);
    expect(JSON.stringify(specs.audit)).to.contain('"default":{}');
  });

  it("gives each host a value of its own for one assignment, and for a default", () => {
    const mirrors = assign("mirrors", [{ host: "m-1" }]);
    for (const assignments of [[mirrors], []]) {
      const [one, other] = [check(assignments), check(assignments)].map(({ values }) => values);
      expect(one).to.deep.equal(other);
      expect(one?.mirrors).not.to.equal(other?.mirrors);
      (one?.mirrors as unknown[]).push("of one host");
      expect(check(assignments).values).to.deep.equal(other);
    }
  });

  it("leaves out the defaults of variables that are not asked for, but checks what is assigned", () => {
    const defaultsOf = new Set(["proxy_port", "mirrors"]);
    const { values } = checkVariables({ specs, assignments: [assign("comment", "assigned")], defaultsOf });
    expect(values).to.deep.equal({ proxy_port: 8443, mirrors: [], comment: "assigned" });
    const { problems } = checkVariables({ specs, assignments: [assign("swap", "perhaps")], defaultsOf });
    expect(text(problems)).to.include("swap");
  });

  it("uses the strongest assignment, and ignores mistakes in weaker ones", () => {
    const { values, problems } = checkVariables({
      specs,
      assignments: [assign("proxy_port", "x"), assign("proxy_port", 9443)],
    });
    expect(problems).to.deep.equal([]);
    expect(values.proxy_port).to.equal(9443);
  });

  const wrong: readonly (readonly [string, unknown, string])[] = [
    [
      "proxy_port",
      "abc",
      'proxy_port is "abc", expected an integer from 1 to 65535 (proxy_port: Where the proxy listens.)',
    ],
    [
      "proxy_port",
      70000,
      "proxy_port is 70000, expected an integer from 1 to 65535 (proxy_port: Where the proxy listens.)",
    ],
    [
      "proxy_port",
      "8443",
      'proxy_port is "8443", expected an integer from 1 to 65535: remove the quotes (proxy_port: Where the proxy listens.)',
    ],
    [
      "proxy_port",
      null,
      "proxy_port is null, expected an integer from 1 to 65535 (proxy_port: Where the proxy listens.)",
    ],
    ["release", "1.37", 'release is "1.37", expected a version such as 1.37.2'],
    ["release", 1.37, "release is 1.37, expected a version such as 1.37.2: put it in quotes"],
    ["mode", "iptables", 'mode is "iptables", expected one of "ipvs", "nftables" (mode: How Services are routed.)'],
    ["swap", "maybe", 'swap is "maybe", expected true or false'],
    ["comment", 1.3, "comment is 1.3, expected a string: put it in quotes"],
    ["ratio", 0, "ratio is 0, expected a number above 0"],
    ["member_count", [1, 2, 1], "member_count has entries 0 and 2 that are the same"],
    ["member_count", "1,2", 'member_count is "1,2", expected a list without duplicates, each entry an integer'],
    ["timeout", "ever", 'timeout is "ever", expected an integer or "never"'],
    ["labels", { "a b": 1 }, 'labels["a b"] is 1, expected a string: put it in quotes'],
    [
      "mirrors",
      [{ host: "Mirror" }],
      'mirrors[0].host is "Mirror", expected a host name in lower case (The mirror\'s name.)',
    ],
    ["mirrors", [{ port: 1 }], "mirrors[0] has no host, expected a host name in lower case (The mirror's name.)"],
    [
      "mirrors",
      [{ host: "a", prot: 1 }],
      'unknown key prot in mirrors[0]; did you mean "port"? (mirrors: Where images come from.)',
    ],
    [
      "mirrors",
      [{ host: "a", colour: 1 }],
      "unknown key colour in mirrors[0], expected host, port, auth (mirrors: Where images come from.)",
    ],
    ["audit", { keep: { days: "x" } }, 'audit.keep.days is "x", expected an integer'],
  ];
  for (const [name, value, message] of wrong)
    it(`reports the expected value for ${name}: ${JSON.stringify(value)}`, () => {
      expect(text(check([assign(name, value)]).problems)).to.equal(`${here}: ${message}`);
    });

  it("suggests the nearest variable for an unknown one, and never shows its value", () => {
    const { problems } = check([assign("proxy_prot", "hunter2"), assign("quux", 1)]);
    expect(text(problems)).to.equal(
      `${here}: unknown variable proxy_prot; did you mean "proxy_port"?\n${here}: unknown variable quux: no role declares it`,
    );
  });

  it("reports all problems at once", () => {
    const { problems } = check([
      assign("proxy_port", 0),
      assign("swap", 3),
      assign("mirrors", [{ host: "A" }, { host: "B" }]),
    ]);
    expect(problems).to.have.length(4);
  });

  it("has the place of the part of a value that is wrong", () => {
    const locate = (path: Path) => ({ file: "group_vars/all.yaml", line: 10 + path.length, column: 5 });
    const { problems } = check([assign("mirrors", [{ host: "A", prot: 1 }], { locate })]);
    expect(problems.map(({ where }) => where && at(where))).to.have.members([
      "group_vars/all.yaml:12:5",
      "group_vars/all.yaml:12:5",
    ]);
  });

  it("never shows a secret, nor the map that contains one", () => {
    const { problems } = check([
      assign("token", "abc"),
      assign("account", { user: 4711, password: "x" }),
      assign("mirrors", [
        { host: "m", auth: { user: "u", password: 12345 } },
        { host: "n", auth: "u:hunter2" },
      ]),
    ]);
    const said = text(problems);
    expect(said).to.contain(
      "token is an invalid secret, expected a string of at least 4 characters (token: Who may join.)",
    );
    expect(said).to.contain("mirrors[0].auth.password is an invalid secret, expected a string");
    expect(said).to.contain("mirrors[1].auth is an invalid secret, expected a map");
    expect(said).to.not.match(/abc|12345|hunter2|4711/);
  });

  it("lists the secrets among the values, which the output must mask", () => {
    const { values } = check([
      assign("token", "s3cret"),
      assign("mirrors", [{ host: "m", auth: { user: "u", password: "pw" } }]),
    ]);
    expect(secretsOf(specs, values)).to.deep.equal(["s3cret", "pw", { user: "", password: "" }]);
  });

  it("requires a variable that has no value and no default, for the hosts that need it", () => {
    const required = { node_pool: Type.String({ description: "Where it belongs." }) };
    const of = (needed?: ReadonlySet<string>): string =>
      text(checkVariables({ specs: required, assignments: [], host: "node-1", ...(needed && { needed }) }).problems);
    expect(of()).to.equal("node_pool is not set for node-1, expected a string (Where it belongs.)");
    expect(of(new Set())).to.equal("");
  });

  it("checks a role's own default", () => {
    expect(text(check([], { port: Type.Integer({ default: "x" }) }).problems)).to.equal(
      'the default of port: port is "x", expected an integer',
    );
  });

  describe("strings of the command line", () => {
    const given: readonly (readonly [string, string, unknown])[] = [
      ["proxy_port", "9443", 9443],
      ["ratio", "0.25", 0.25],
      ["swap", "yes", true],
      ["swap", "False", false],
      ["release", "1.36.0", "1.36.0"],
      ["comment", "8443", "8443"],
      ["mode", "nftables", "nftables"],
      ["timeout", "60", 60],
      ["timeout", "never", "never"],
      ["member_count", "[1, 3]", [1, 3]],
      ["labels", '{"a": "b"}', { a: "b" }],
    ];
    for (const [name, value, expected] of given)
      it(`${name}=${value} becomes ${JSON.stringify(expected)}`, () => {
        const { values, problems } = check([assign(name, value, { untyped: true })]);
        expect(text(problems)).to.equal("");
        expect(values[name]).to.deep.equal(expected);
      });

    it("stay strings if they are integers that would be rounded, also within a list", () => {
      for (const [name, value] of [
        ["member_count", "[12345678901234567890]"],
        ["timeout", "12345678901234567890"],
        ["ratio", "1e999"],
      ] as const)
        expect(check([assign(name, value, { untyped: true })]).problems, value).to.have.length(1);
    });

    it("stay strings if they cannot be converted to the type", () => {
      const where = { file: "--extra-vars" };
      expect(text(check([assign("proxy_port", "many", { untyped: true, where })]).problems)).to.equal(
        '--extra-vars: proxy_port is "many", expected an integer from 1 to 65535 (proxy_port: Where the proxy listens.)',
      );
      expect(text(check([assign("member_count", "[1", { untyped: true, where })]).problems)).to.contain('is "[1"');
    });
  });

  it("compiles a schema only once for all hosts", () => {
    const check = compile(specs.mirrors);
    expect(compile(specs.mirrors)).to.equal(check);
  });

  it("names the variable whose declaration is not a schema", () => {
    const broken = { odd: Type.Unsafe<string>({ type: "strung" }) };
    expect(() => check([assign("odd", "x")], broken)).to.throw("the declaration of odd is not a valid schema: ");
  });
});
