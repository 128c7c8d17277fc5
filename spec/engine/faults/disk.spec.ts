import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { archive, binary, directory, file, line, link, template } from "kubeplay";
import type { Task } from "#engine/tasks/task.ts";
import { keep } from "../../lib/engine/resources/keep.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { host, on } from "../lab/host.ts";
import { failure } from "./failure.ts";

/** A disk that cannot be written to keeps its files unchanged, and the error tells why. */
describe("a disk", function () {
  this.timeout(600_000);
  const role = temporaryFolder();
  const at = "/srv/disk";
  const onHost = (command: string) => on("engine-1", command);
  /** Everything on the disk. */
  const contents = () =>
    onHost(`cd ${at} && find . -printf '%p %y %m %l\\n' | LC_ALL=C sort && sha256sum file binary lines`);
  const tasks: Readonly<Record<string, Task>> = {
    "a small file": file("f", { dest: `${at}/file`, content: "x".repeat(30_000) }),
    "a file in one command": file("f", { dest: `${at}/file`, content: new Uint8Array(64_000).fill(1) }),
    "a file that is streamed": file("f", { dest: `${at}/file`, content: new Uint8Array(5_000_000).fill(1) }),
    "a new file": file("f", { dest: `${at}/new`, content: "x".repeat(30_000) }),
    "a template": template("t", { dest: `${at}/file`, src: "long.hbs" }),
    "a program": binary("b", { dest: `${at}/binary`, src: "program" }),
    "a line": line("l", { path: `${at}/lines`, line: "x".repeat(30_000) }),
    "an archive": archive("a", { src: "a.tar", dest: `${at}/unpacked` }),
  };
  /** Tasks that need no space, and so succeed on a full disk. */
  const small: Readonly<Record<string, Task>> = {
    "a directory": directory("d", { path: `${at}/directory/in` }),
    "a directory's mode": directory("d", { path: `${at}/unpacked`, mode: 0o700 }),
    "a link": link("l", { dest: `${at}/link`, target: "elsewhere" }),
    "a removed file": file("f", { dest: `${at}/file`, state: "absent" }),
  };

  before(() => {
    for (const name of ["files", "templates", "tree"]) mkdirSync(`${role}/${name}`);
    writeFileSync(`${role}/templates/long.hbs`, "long\n".repeat(8000));
    writeFileSync(`${role}/files/program`, "#!/bin/sh\n".repeat(200_000));
    writeFileSync(`${role}/tree/tool`, "new".repeat(200_000));
    execFileSync("tar", ["-C", `${role}/tree`, "-cf", `${role}/files/a.tar`, "tool"]);
  });
  beforeEach(() =>
    onHost(
      `mkdir -p ${at} && mount -t tmpfs -o size=1m tmpfs ${at} && cd ${at} && mkdir unpacked && ln -s there link && echo old | tee file binary lines unpacked/tool`,
    ),
  );
  afterEach(() => onHost(`umount ${at}`));

  for (const [what, task] of Object.entries(tasks)) {
    it(`that is full stays unchanged instead of getting ${what}`, async () => {
      await onHost(`head -c 2000000 /dev/zero > ${at}/ballast 2>/dev/null || :`);
      const before = await contents();
      const error = await failure(keep(await host("engine-1"), task, role));
      expect(error.message).to.include("No space left on device");
      expect(await contents()).to.equal(before);
    });
  }

  for (const [what, task] of Object.entries({ ...tasks, ...small }))
    it(`that is read-only stays unchanged instead of getting ${what}`, async () => {
      await onHost(`mount -o remount,ro ${at}`);
      const before = await contents();
      const error = await failure(keep(await host("engine-1"), task, role));
      expect(error.message).to.include("Read-only file system");
      expect(await contents()).to.equal(before);
    });

  it("that cannot be written to is reported each time, even if the receiving program ends early", async () => {
    await onHost(`mount -o remount,ro ${at}`);
    const writer = await host("engine-1");
    const said = new Set<string>();
    for (let count = 0; count < 30; count++) {
      const content = count % 2 ? { file: `${role}/files/program` } : { bytes: Buffer.alloc(1_000_000) };
      const error = await failure(writer.upload({ content, to: `${at}/file`, mode: 0o644 }));
      said.add(error.message.replaceAll(/\.kubeplay\.\w+/g, "it"));
    }
    expect([...said].join("\n")).to.match(/^\S+ could not be written: .*Read-only file system$/);
  });

  it("with space for the file but not for the whole archive gets no part of the archive", async () => {
    await onHost(`head -c 100000 /dev/zero > ${at}/ballast`);
    const before = await contents();
    const error = await failure(
      keep(await host("engine-1"), archive("a", { src: "a.tar", dest: `${at}/unpacked` }), role),
    );
    expect(error.message).to.match(/No space left on device|Wrote only/);
    expect(await contents()).to.equal(before);
    expect(await onHost(`cat ${at}/unpacked/tool`)).to.equal("old");
  });
});
