import { chmodSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { parseSource, readSecret } from "#engine/vault/password.ts";
import { failure } from "../queries/failure.ts";
import { temporaryFolder } from "../temporary.ts";

const nobody = (): Promise<string> => Promise.reject(new Error("unexpected prompt"));

describe("the source of a vault password", () => {
  const folder = temporaryFolder();
  const written = (name: string, text: string, mode = 0o600): string => {
    const file = `${folder}/${name}`;
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  const read = async (source: string, label = "default"): Promise<string> =>
    (await readSecret({ label, source }, nobody)).password;

  it("is label@source, or a source alone", () => {
    expect(parseSource("dev@prompt")).to.deep.equal({ label: "dev", source: "prompt" });
    expect(parseSource("dev@~/a@b")).to.deep.equal({ label: "dev", source: "~/a@b" });
    expect(parseSource("@prompt")).to.deep.equal({ label: "default", source: "prompt" });
    expect(parseSource("file")).to.deep.equal({ label: "default", source: "file" });
    expect(() => parseSource("dev@")).to.throw(RangeError, "expected label@prompt");
    expect(() => parseSource("a;b@file")).to.throw(RangeError, "neither spaces nor semicolons");
  });

  it("may be a file, whose surrounding white space is ignored", async () =>
    expect(await read(written("plain", "  two words \n\n"))).to.equal("two words"));

  it("may be a program that prints it; only surrounding newlines are ignored", async () => {
    expect(await read(written("program", "#!/bin/sh\necho ' spoken '\n", 0o700))).to.equal(" spoken ");
    const client = written("which-client.sh", '#!/bin/sh\necho "for $2 by $1"\n', 0o700);
    expect(await read(client, "dev")).to.equal("for dev by --vault-id");
  });

  it("may be a prompt, which shows the label", async () => {
    const asked: (string | undefined)[] = [];
    const ask = (label?: string): Promise<string> => Promise.resolve(String(asked.push(label)));
    expect(await readSecret({ label: "dev", source: "prompt" }, ask)).to.deep.equal({ label: "dev", password: "1" });
    await readSecret({ label: "default", source: "prompt" }, ask);
    expect(asked).to.deep.equal(["dev", undefined]);
  });

  it("is named in the error if it gives no password", async () => {
    const empty = written("empty", "\n");
    expect(await failure(read(empty))).to.equal(`${empty}: the password is empty`);
    expect(await failure(read(`${folder}/none`))).to.include("there is no such file");
    expect(await failure(read(folder))).to.include("this is a folder");
    const failing = written("failing", "#!/bin/sh\necho locked >&2\nexit 3\n", 0o700);
    expect(await failure(read(failing))).to.equal(
      `${failing}: the program for the vault password ended with exit code 3: locked`,
    );
    const text = written("text", "geheim\n", 0o755);
    expect(await failure(read(text))).to.include("it is executable but cannot be run");
    expect(await failure(read(text))).not.to.include("geheim");
    expect(await failure(readSecret({ label: "default", source: "prompt" }, () => Promise.resolve("")))).to.equal(
      "the vault password: the password is empty",
    );
  });
});
