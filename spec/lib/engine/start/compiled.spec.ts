import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { compiled } from "#engine/start/compiled.mjs";
import { temporaryFolder } from "../temporary.ts";

describe("a compiled project", () => {
  const folder = temporaryFolder();
  const playbook = path.join(folder, "playbooks", "site.ts");
  const shared = path.join(folder, "shared.ts");
  const says = async (file: string): Promise<string> => {
    const output = (await compiled(folder, [folder], []))[file]!;
    return ((await import(pathToFileURL(output).href)) as { default: string }).default;
  };
  /** Sets a new time for each write: sources are compared by time and size, and the clock may not tick in between. */
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    const then = new Date(Date.now() - 10_000 * ++writes);
    utimesSync(file, then, then);
  };
  let writes = 0;
  const results = () => readdirSync(path.join(folder, ".kubeplay", "compiled")).filter((name) => !name.includes("."));

  before(() => {
    write(shared, `export const word: string = "one";`);
    write(playbook, `import { word } from "../shared.ts";\nexport default word;`);
    write(path.join(folder, "roles", "motd", "index.ts"), `export default import.meta.dirname;`);
  });

  it("behaves as its sources do, and keeps each module's own folder", async () => {
    expect(await says(playbook)).to.equal("one");
    expect(await says(path.join(folder, "roles", "motd", "index.ts"))).to.equal(path.join(folder, "roles", "motd"));
  });

  it("is not compiled again if nothing changed", async () => {
    const before = results();
    await compiled(folder, [folder], []);
    expect(results()).to.deep.equal(before);
  });

  it("is compiled again if a file that an entry imports changed, or an entry was added", async () => {
    write(shared, `export const word: string = "two";`);
    expect(await says(playbook)).to.equal("two");
    const another = path.join(folder, "playbooks", "another.ts");
    write(another, `export { word as default } from "../shared.ts";`);
    expect(await says(another)).to.equal("two");
    rmSync(another);
    expect(await compiled(folder, [folder], [])).not.to.have.property(another);
  });

  it("includes a playbook that is named by its path", async () => {
    const mine = path.join(folder, "mine.ts");
    write(mine, `export default "mine";`);
    expect(statSync((await compiled(folder, [folder], [mine]))[mine]!).isFile()).to.equal(true);
  });

  it("is compiled again if it was damaged", async () => {
    const [output] = Object.values(await compiled(folder, [folder], []));
    rmSync(output!);
    const manifests = path.join(folder, ".kubeplay", "compiled");
    expect(await says(playbook)).to.equal("two");
    for (const name of readdirSync(manifests))
      if (name.endsWith(".json")) writeFileSync(path.join(manifests, name), "{");
    expect(await says(playbook)).to.equal("two");
  });

  it("reports the place of a syntax error", async () => {
    write(playbook, `export default "one" +;`);
    const error = await compiled(folder, [folder], []).catch(
      (error: unknown) => error as { errors: { location: object }[] },
    );
    expect(error).to.have.nested.property("errors[0].location").that.includes({ file: "playbooks/site.ts", line: 1 });
  });
});
