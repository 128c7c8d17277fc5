import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { alternative } from "#engine/queries/alternative.ts";
import { needs } from "../needs.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parseAll } from "./parse.ts";

/** What update-alternatives --query prints. */
const answer = `Name: editor
Link: /usr/bin/editor
Slaves:
 editor.1.gz /usr/share/man/man1/editor.1.gz
Status: auto
Best: /bin/nano
Value: /bin/nano

Alternative: /bin/nano
Priority: 40
Slaves:
 editor.1.gz /usr/share/man/man1/nano.1.gz

Alternative: /usr/bin/vim.tiny
Priority: 15
Slaves:
`;

describe("the query alternative", () => {
  it("knows the choices of each name, which of them is taken, and by whom", () => {
    const empty = answer.replace("Value: /bin/nano", "Value: none").split("\n\n")[0] ?? "";
    const byHand = answer.replace("Status: auto", "Status: manual");
    const asked = [alternative("editor"), alternative("none"), alternative("empty"), alternative("by-hand")] as const;
    const choices = { "/bin/nano": 40, "/usr/bin/vim.tiny": 15 };
    expect(parseAll(asked, `${answer}\0\0${empty}\n\0${byHand}\0`)).to.deep.equal([
      { value: "/bin/nano", auto: true, choices },
      undefined,
      { auto: true, choices: {} },
      { value: "/bin/nano", auto: false, choices },
    ]);
  });

  it("reads what the program itself says, and nothing for a name that it does not have", async function () {
    needs(this, "update-alternatives", existsSync("/usr/bin/update-alternatives"));
    const folder = temporaryFolder();
    for (const name of ["etc", "admin"]) mkdirSync(`${folder}/${name}`);
    const where = ["--quiet", "--altdir", `${folder}/etc`, "--admindir", `${folder}/admin`, "--log", `${folder}/log`];
    const run = (...args: string[]) => execFileSync("update-alternatives", [...where, ...args], { encoding: "utf8" });
    run("--install", `${folder}/link`, "specs", "/bin/true", "-5");
    run("--install", `${folder}/link`, "specs", "/bin/false", "7");
    expect(parseAll([alternative("specs")], `${run("--query", "specs")}\0`)).to.deep.equal([
      { value: "/bin/false", auto: true, choices: { "/bin/true": -5, "/bin/false": 7 } },
    ]);
    expect(await ask([alternative("kubeplay-specs-none")])).to.deep.equal([undefined]);
  });
});
