import { mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { archive, binary, directory, file, line, link, template } from "kubeplay";
import { temporaryFolder } from "../../temporary.ts";
import { thisMachine } from "../../this-machine.ts";
import { keep } from "../keep.ts";
import { subject } from "../one-resource.ts";

describe("the properties of files", () => {
  const at = (dest: string) => [
    file("f", { dest, content: "" }),
    file("f", { dest, state: "absent" }),
    template("t", { dest, state: "absent" }),
    binary("b", { dest, src: "x" }),
    link("l", { dest, target: "x" }),
    line("l", { path: dest, line: "x" }),
    directory("d", { path: dest }),
    archive("a", { dest, src: "x" }),
  ];

  it("have one plain path", () => {
    for (const written of ["/opt/app/", "/opt//app", "/opt/./app/."])
      for (const task of at(written)) expect(subject(task).label, task.name).to.equal("/opt/app");
    for (const written of ["opt/app", "/opt/../app", "/opt/a\nb"])
      for (const task of at(written)) expect(() => subject(task), task.name).to.throw();
  });

  it("have a mode in octal", () => {
    const withMode = (mode: number) => [
      directory("d", { path: "/x", mode }),
      file("f", { dest: "/x", content: "", mode }),
      template("t", { dest: "/x", state: "absent", mode }),
      binary("b", { dest: "/x", src: "x", mode }),
    ];
    for (const mode of [400, 500, 600, 620, 640, 644, 700, 755, 1777, 2750])
      for (const task of withMode(mode))
        expect(() => subject(task), task.name).to.throw(
          `/x: the decimal number ${String(mode)} is the mode 0o${mode.toString(8)}: did you mean 0o${String(mode)}?`,
        );
    expect(() => subject(file("f", { dest: "/x", content: "", mode: 4755 }))).to.throw(
      "/x: 4755 is not a mode, expected 0o0 to 0o7777: did you mean 0o4755?",
    );
    for (const mode of [-1, 0o10000, 6.5, NaN])
      for (const task of withMode(mode)) expect(() => subject(task), String(mode)).to.throw("is not a mode");
    for (const mode of [0, 0o400, 0o440, 0o511, 0o600, 0o640, 0o644, 0o700, 0o711, 0o750, 0o755, 0o777, 0o1777])
      for (const task of withMode(mode)) expect(() => subject(task), String(mode)).not.to.throw();
  });

  it("have one owner and one group", () => {
    for (const owner of ["kim:adm", "", "-R"])
      expect(() => subject(file("f", { dest: "/x", content: "", owner })), owner).to.throw("of the owner");
    expect(() => subject(directory("d", { path: "/x", group: "a:b" }))).to.throw("of the group");
    expect(() => subject(file("f", { dest: "/x", content: "", group: "domain users" }))).not.to.throw();
  });
});

describe("a link to a directory, written with a slash at its end", () => {
  const folder = temporaryFolder();
  const machine = thisMachine();
  after(() => machine.close());

  it("is removed alone", async () => {
    mkdirSync(`${folder}/data`);
    writeFileSync(`${folder}/data/kept`, "");
    symlinkSync(`${folder}/data`, `${folder}/app`);
    expect(readlinkSync(`${folder}/app`)).to.equal(`${folder}/data`);
    await keep(machine, directory("d", { path: `${folder}/app/`, state: "absent" }));
    expect(readdirSync(folder)).to.deep.equal(["data"]);
    expect(readdirSync(`${folder}/data`)).to.deep.equal(["kept"]);
  });
});
