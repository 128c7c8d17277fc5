import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { postgresDatabase } from "#engine/queries/postgres-database.ts";
import { postgresPassword } from "#engine/queries/postgres-password.ts";
import { postgresRole } from "#engine/queries/postgres-role.ts";
import type { PostgresState } from "#engine/queries/postgres.ts";
import { temporaryFolder } from "../temporary.ts";

/** Answers of a real server are in spec/hosts/postgres.spec.ts. */
describe("the subjects of a PostgreSQL server", () => {
  const { of } = postgresRole("app");
  if (!("ask" in of)) throw new Error("it asks the controller");
  const root = temporaryFolder();

  /** What a host's shell prints if it has this program as psql, or none. */
  const printed = (psql: string | undefined, ...names: readonly string[]): string => {
    const bin = path.join(root, "bin");
    mkdirSync(bin, { recursive: true });
    if (psql !== undefined) {
      writeFileSync(path.join(bin, "psql"), `#!/bin/sh\n${psql}\n`);
      chmodSync(path.join(bin, "psql"), 0o755);
    }
    const PATH = psql === undefined ? "/nonexistent" : `${bin}:${process.env.PATH ?? ""}`;
    return execFileSync("/bin/sh", ["-c", of.ask(names)], { encoding: "utf8", env: { ...process.env, PATH } });
  };
  const found = (stdout: string, ...names: readonly string[]): Record<string, PostgresState<unknown>> =>
    Object.fromEntries(of.parse(stdout, names)) as Record<string, PostgresState<unknown>>;

  it("are asked for by one statement, which no list of processes shows", () => {
    for (const query of [postgresRole, postgresPassword, postgresDatabase]) {
      const { of: each } = query("app");
      if (!("ask" in each)) throw new Error("it asks the controller");
      const script = each.ask(["app", "o'clock"]);
      expect(script.match(/ psql --/g)).to.have.length(1);
      expect(script).to.match(/printf '%s\\n' .* \| psql /s);
    }
    expect(printed(String.raw`printf '{%s}\n' "$(tr '\n' ' ')"`, "o'clock")).to.contain("in ('o''clock')");
  });

  it("are those that the server names, and no others", () => {
    const rows = `{"name":"app","login":true}\n{"name":"o'clock","login":false}`;
    const stdout = printed(`cat >/dev/null; printf '%s\\n' '${rows.replaceAll("'", String.raw`'\''`)}'`, "app");
    expect(found(stdout, "app", "o'clock", "gone")).to.deep.equal({
      app: { found: { login: true } },
      "o'clock": { found: { login: false } },
      gone: {},
    });
  });

  it("are unknown without psql, and if the server refuses, by its own first line", () => {
    expect(found(printed(undefined, "app"), "app")).to.deep.equal({ app: { unreachable: "there is no psql" } });
    const refused = 'cat >/dev/null; echo "psql: error: no such file" >&2; echo "Is the server running?" >&2; exit 2';
    expect(found(printed(refused, "app"), "app")).to.deep.equal({ app: { unreachable: "psql: error: no such file" } });
  });

  it("are not mixed up with the warnings of the server and of psql", () => {
    const warned =
      'cat >/dev/null; echo "perl: warning: Setting locale failed." >&2; ' +
      `echo 'WARNING:  database "postgres" has a collation version mismatch' >&2; `;
    const answered = `${warned} echo '{"name":"app","login":true}'`;
    expect(found(printed(answered, "app"), "app", "gone")).to.deep.equal({ app: { found: { login: true } }, gone: {} });
    expect(found(printed(`${warned} true`, "app"), "app")).to.deep.equal({ app: {} });
    const refused = `${warned} echo 'psql: error: FATAL:  role "root" does not exist' >&2; exit 2`;
    expect(found(printed(refused, "app"), "app")).to.deep.equal({
      app: { unreachable: 'psql: error: FATAL:  role "root" does not exist' },
    });
  });

  for (const row of ["no JSON", "null", "7", '{"login":true}', '{"name":7}'])
    it(`are an error if a row is ${row}`, () =>
      expect(() => of.parse(`rows\n${row}\n`, ["app"])).to.throw(`unexpected "${row}"`));
});
