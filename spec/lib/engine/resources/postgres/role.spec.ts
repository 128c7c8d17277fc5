import { createHash } from "node:crypto";
import { expect } from "chai";
import { postgresRole, type Writer } from "kubeplay";
import { isPassword, verifierOf } from "#engine/resources/postgres/password.ts";
import { asked, subject } from "../one-resource.ts";

const plain = {
  ...{ login: true, superuser: false, createDatabase: false, createRole: false, replication: false },
  ...{ connectionLimit: -1, memberOf: ["readers"] },
};
const sql = (step: unknown): string => /printf '%s\\n' '(.*)' \| psql/s.exec(step as string)?.[1] ?? "";

describe("the resource postgresRole", () => {
  const shop = subject(postgresRole("r", { name: 'sh"op', createDatabase: true, memberOf: ["readers", "writers"] }));
  const none = { role: {} };

  it("makes a role that may log in, with its attributes and groups", () => {
    expect(asked(shop)).to.deep.equal(['postgres role sh"op']);
    expect(shop.diff(none)).to.deep.equal([{ what: "state", before: "absent", after: "present" }]);
    expect(shop.steps(none).map(sql)).to.deep.equal([
      'CREATE ROLE "sh""op" LOGIN CREATEDB;\nGRANT "readers" TO "sh""op";\nGRANT "writers" TO "sh""op";',
    ]);
    expect(shop.forecast(none)).to.deep.equal({
      role: { found: { ...plain, createDatabase: true, memberOf: ["readers", "writers"] } },
    });
    expect(shop.diff(shop.forecast(none))).to.deep.equal([]);
  });

  it("changes what differs, and nothing that is not named", () => {
    const now = { role: { found: plain } };
    expect(shop.diff(now).map(({ what }) => what)).to.deep.equal(["createDatabase", "memberOf"]);
    expect(shop.steps(now).map(sql)).to.deep.equal(['ALTER ROLE "sh""op" CREATEDB;\nGRANT "writers" TO "sh""op";']);
    expect(shop.diff(shop.forecast(now))).to.deep.equal([]);
    const barred = subject(postgresRole("r", { name: "shop", login: false, connectionLimit: 3 }));
    expect(barred.steps(now).map(sql)).to.deep.equal(['ALTER ROLE "shop" NOLOGIN CONNECTION LIMIT 3;']);
    expect(subject(postgresRole("r", { name: "shop" })).diff(now)).to.deep.equal([]);
  });

  it("removes a role", () => {
    const gone = subject(postgresRole("r", { name: "shop", state: "absent" }));
    expect(gone.diff(none)).to.deep.equal([]);
    expect(gone.steps({ role: { found: plain } }).map(sql)).to.deep.equal(['DROP ROLE "shop";']);
    expect(gone.forecast({ role: { found: plain } })).to.deep.equal(none);
  });

  it("needs a server and its groups, and says so", () => {
    const unreachable = { role: { unreachable: "there is no psql" } };
    expect(shop.problems(none, unreachable.role)).to.deep.equal({
      'postgres role sh"op': "PostgreSQL cannot be asked: there is no psql",
      "postgres role readers": undefined,
      "postgres role writers": undefined,
    });
    expect(shop.problems(none, {})["postgres role readers"]).to.equal("there is no role readers");
    expect(() => shop.steps(unreachable)).to.throw("there is no psql: start the server before it, and do the task as");
  });

  it("refuses names and numbers that PostgreSQL would not keep", () => {
    const made = (p: object) => () => subject(postgresRole("r", { name: "shop", ...p }));
    expect(made({ name: "x".repeat(64) })).to.throw("is not the name of a role");
    expect(made({ name: "a\nb" })).to.throw("is not the name of a role");
    expect(made({ memberOf: [""] })).to.throw("is not the name of a role");
    expect(made({ connectionLimit: 1.5 })).to.throw("the connectionLimit is 1.5");
    expect(made({ password: "" })).to.throw("the password is empty");
  });

  describe("with a password", () => {
    const task = postgresRole("r", { name: "shop", password: "it's" });
    const keeps = (verifier: string) => ({
      role: { found: plain },
      password: {
        found: {
          parameters: verifier.split("$")[1] ?? "",
          digest: createHash("sha256").update(verifier).digest("hex"),
        },
      },
    });

    it("compares it by the salt that the server has", () => {
      const { diff } = subject(task);
      expect(diff(keeps(verifierOf("it's")))).to.deep.equal([]);
      for (const other of [
        keeps(verifierOf("its")),
        keeps("md5abc"),
        { role: { found: plain }, password: { found: { parameters: "", digest: "" } } },
      ])
        expect(diff(other)).to.deep.equal([
          { what: "password", before: undefined, after: undefined, secret: true, desired: "it's" },
        ]);
    });

    it("sends a verifier, and never the password", async () => {
      const [create, step] = subject(task).rawSteps({ role: {}, password: {} });
      expect(sql(create)).to.equal('CREATE ROLE "shop" LOGIN;');
      if (typeof step !== "object" || !("overConnection" in step)) throw new Error("it is another step");
      const ran: string[] = [];
      const run = (script: string) => {
        ran.push(script);
        return Promise.resolve({ stdout: "", stderr: "", code: 0 });
      };
      await step.overConnection({ run } as unknown as Writer, { progress: () => undefined });
      const verifier = /PASSWORD '\\''(SCRAM-SHA-256\$.*?)'\\''/.exec(ran[0] ?? "")?.[1] ?? "";
      expect(ran.join()).not.to.contain("it's");
      const [, parameters = ""] = verifier.split("$");
      const digest = createHash("sha256").update(verifier).digest("hex");
      expect(isPassword({ parameters, digest }, "it's")).to.equal(true);
    });

    it("is kept as RFC 7677 has it", () => {
      // Its example has this salt, and the server's signature is of this key.
      const verifier = verifierOf("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"), 4096);
      expect(verifier).to.equal(
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
      );
    });
  });
});
