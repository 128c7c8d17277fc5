import { expect } from "chai";
import path from "node:path";
import { temporaryFolder } from "../lib/engine/temporary.ts";
import { exampleIn } from "./example.ts";
import { on } from "./lab/host.ts";
import { playTwin, withTwin } from "./twin.ts";

const [host, twin] = ["example-03", "example-04"] as const;
const vars = {
  postgresql_databases: [
    { name: "shop", password: "it's a secret" },
    { name: "wiki", password: "öther" },
  ],
  postgresql_networks: ["10.78.0.0/24"],
  postgresql_settings: { max_connections: 33 },
};
const changed = {
  ...vars,
  postgresql_databases: [{ name: "shop", password: "another secret" }, vars.postgresql_databases[1]],
  postgresql_settings: { max_connections: 44 },
};

/** Logs in over the network, as a client does. */
const asked = (at: string, name: string, password: string, sql: string) =>
  on(
    at,
    `PGPASSWORD="$(printf %s ${Buffer.from(password).toString("base64")} | base64 -d)" psql -At -h "$(hostname -I | cut -d ' ' -f 1)" -U ${name} -d ${name} -c "${sql}" 2>&1 || true`,
  );

describe("the example of a database", function () {
  this.timeout(600_000);
  const root = temporaryFolder();
  let example: ReturnType<typeof exampleIn>;
  const play = (given: object, ...args: readonly string[]) => example.play("-e", JSON.stringify(given), ...args);

  before(() => {
    example = exampleIn(path.join(root, "db"), "postgresql", { group: "databases", hosts: [host], vars: {} });
  });

  it("is foretold, done, and done again, with databases into which their roles log in", async () => {
    const check = play(vars, "--check");
    expect(check.code, check.output).to.equal(0);
    const run = play(vars);
    expect(run.code, run.output).to.equal(0);
    expect(run.changes).to.deep.equal(check.changes).and.have.length.greaterThan(10);
    expect(play(vars).changes).to.deep.equal([]);
    const whose =
      "select pg_get_userbyid(datdba), current_setting('max_connections') from pg_database where datname = current_database()";
    expect(await asked(host, "shop", "it's a secret", whose)).to.equal("shop|33");
    expect(await asked(host, "wiki", "öther", whose)).to.equal("wiki|33");
    expect(await asked(host, "wiki", "it's a secret", "select 1")).to.contain("password authentication failed");
    expect(await on(host, "systemctl start dump-databases && ls /var/backups/postgresql")).to.equal(
      "shop.dump\nwiki.dump",
    );
    for (const said of [check.output, run.output]) expect(said).not.to.contain("a secret");
  });

  it("changes a password and a setting alone", async () => {
    const check = play(changed, "--check", "--diff");
    const run = play(changed, "--diff");
    expect(run.code, run.output).to.equal(0);
    expect(run.changes).to.deep.equal(check.changes);
    expect(run.changes).to.deep.equal(
      ["Configure it", "Make the role shop", "Restart PostgreSQL"].map((task) => `${host}: ${task}`),
    );
    expect(await asked(host, "shop", "another secret", "show max_connections")).to.equal("44");
    expect(run.output + check.output).not.to.contain("another secret");
  });

  describe("beside its twin of Ansible", () => {
    withTwin(twin);
    const played = (given: object) =>
      playTwin(path.join(root, "db"), { group: "databases", hosts: [twin], vars: given });

    it("leaves the same host", async () => {
      const first = await played(vars);
      expect(first.code, first.output).to.equal(0);
      expect((await played(vars)).changed).to.deep.equal({ [twin]: 0 });
      const second = await played(changed);
      expect(second.code, second.output).to.equal(0);
      const look = `cat /etc/postgresql/17/main/conf.d/site.conf /usr/local/bin/dump-databases; grep -h ^host.sameuser /etc/postgresql/17/main/pg_hba.conf; su postgres -c "psql -At -c 'select rolname, rolcanlogin, rolsuper from pg_roles order by 1' -c 'select datname, pg_get_userbyid(datdba) from pg_database order by 1'"; systemctl is-active dump-databases.timer`;
      expect(await on(twin, look)).to.equal(await on(host, look));
      expect(await asked(twin, "shop", "another secret", "show max_connections")).to.equal("44");
    });
  });
});
