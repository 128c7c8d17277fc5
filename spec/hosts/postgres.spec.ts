import { expect } from "chai";
import { packages, postgresDatabase, postgresRole, service, type Task } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import type { Writer } from "#engine/connection/types.ts";
import { keep, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { host, on, target } from "./lab/host.ts";

describe("PostgreSQL on a Debian host", function () {
  this.timeout(600_000);
  let postgres: Writer;
  const twice = (task: Task) => twiceOn(postgres, task);
  const failure = (work: Promise<unknown>) => work.then(String, (error: unknown) => (error as Error).message);

  before(async () => {
    await keep(await host(), packages("p", { names: ["postgresql"] }));
    postgres = await connect({ ...target, become: { ...target.becomes, user: "postgres" } });
  });
  after(async () => {
    await postgres.close();
    await on("apt-get purge -qq -y 'postgresql*' >/dev/null 2>&1; rm -rf /var/lib/postgresql /etc/postgresql");
  });

  it("has roles and databases with hostile names, made, changed and removed", async () => {
    expect(await failure(twice(postgresRole("r", { name: "x" })))).to.match(/PostgreSQL cannot be asked/);
    await keep(await host(), service("s", { name: "postgresql@17-main", state: "started" }));
    const [role, database] = [`it's "a" $role;`, String.raw`\x 'y' %s "z"`];
    await twice(postgresRole("r", { name: "group", login: false }));
    expect(await twice(postgresRole("r", { name: role, memberOf: ["group"], password: "pass 'word'" }))).to.deep.equal([
      "state",
    ]);
    expect(await twice(postgresRole("r", { name: role, password: "other", connectionLimit: 3 }))).to.deep.equal([
      "connectionLimit",
      "password",
    ]);
    const own = { name: database, encoding: "UTF8", locale: "C.UTF-8" };
    expect(await twice(postgresDatabase("d", { ...own, owner: role }))).to.deep.equal(["state"]);
    expect(await twice(postgresDatabase("d", { ...own, owner: "postgres" }))).to.deep.equal(["owner"]);
    expect(await failure(twice(postgresDatabase("d", { ...own, locale: "C" })))).to.contain("the locale is C.UTF-8");
    for (const task of [
      postgresDatabase("d", { name: database, state: "absent" }),
      postgresRole("r", { name: role, state: "absent" }),
      postgresRole("r", { name: "group", state: "absent" }),
    ])
      expect(await twice(task)).to.deep.equal(["state"]);
  });

  it("is asked by a user that it knows", async () => {
    const asRoot = failure(twiceOn(await host(), postgresRole("r", { name: "x" })));
    expect(await asRoot).to.match(/role "root" does not exist.*become\("postgres"\)/s);
  });
});
