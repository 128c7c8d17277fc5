import { expect } from "chai";
import { authorizedKeys } from "kubeplay";
import { subject } from "../one-resource.ts";

const blob = (letter: string) => `AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`;
const key = (letter: string, comment = letter) => `ssh-ed25519 ${blob(letter)} ${comment}`;
type Props = Parameters<typeof authorizedKeys>[1];
const account = { uid: 1000, group: "staff", groups: [], home: "/home/ada", shell: "/bin/sh", comment: "" };
const stateAfter = (now: string | undefined, props: Omit<Props, "user">) =>
  subject(authorizedKeys("k", { user: "ada", ...props })).forecast({ account, now: file(now) }).now as { text: string };
const after = (...given: Parameters<typeof stateAfter>) => stateAfter(...given).text;
const file = (text: string | undefined) => (text === undefined ? undefined : { text, identity: "f 600 1 1 7 2 3.5" });

describe("the resource authorizedKeys", () => {
  it("adds keys after those that are there", () => {
    expect(after(undefined, { keys: [key("a")] })).to.equal(`${key("a")}\n`);
    expect(after(`# mine\n${key("b")}`, { keys: [key("a")] })).to.equal(`# mine\n${key("b")}\n${key("a")}\n`);
  });

  it("compares keys, and replaces a line with other options or another comment in its place", () => {
    const restricted = `restrict,command="/bin/x y" ${key("a", "ada")}`;
    expect(after(`${key("a")}\n${key("b")}\n`, { keys: [restricted] })).to.equal(`${restricted}\n${key("b")}\n`);
    expect(after(`${restricted}\n`, { keys: [key("a")] })).to.equal(`${key("a")}\n`);
  });

  it("removes others with exclusive alone", () => {
    expect(after(`${key("b")}\n`, { keys: [key("a")], exclusive: true })).to.equal(`${key("a")}\n`);
  });

  it("removes keys that must be absent, and no other", () => {
    expect(after(`${key("a", "x")}\n${key("b")}\n`, { keys: [key("a")], state: "absent" })).to.equal(`${key("b")}\n`);
  });

  it("shows the lines that come and go", () => {
    const task = subject(authorizedKeys("k", { user: "ada", keys: [key("a", "new")] }));
    expect(task.diff({ account, now: file(`${key("b")}\n${key("a", "old")}\n`) })).to.deep.equal([
      { what: "keys", before: key("a", "old"), after: key("a", "new") },
    ]);
  });

  it("refuses to write over a file that is not the one it was made from", () => {
    const [, upload] = subject(authorizedKeys("k", { user: "ada", keys: [key("a")] })).steps({
      account,
      now: file("x\n"),
    });
    expect(upload).to.include({ to: "/home/ada/.ssh/authorized_keys", owner: "ada", group: "staff", mode: 0o600 });
    expect(upload).to.include({ replaces: "f 600 1 1 7 2 3.5" });
    expect(upload).to.have.property("edits").with.lengthOf(64);
    const [, first] = subject(authorizedKeys("k", { user: "ada", keys: [key("a")] })).steps({
      account,
      now: undefined,
    });
    expect(first).to.include({ replaces: "absent" }).and.not.have.property("edits");
  });

  it("says in a check that the user is missing", () => {
    const { problems } = subject(authorizedKeys("k", { user: "ada", keys: [key("a")] }));
    expect(problems({ now: undefined }, undefined)).to.deep.equal({
      "user ada": "there is no user ada",
    });
  });

  it("rejects what is not a public key before anything is asked", () => {
    for (const wrong of ["", "ssh-ed25519 short", "-----BEGIN OPENSSH PRIVATE KEY-----", `${key("a")}\n${key("b")}`])
      expect(() => subject(authorizedKeys("k", { user: "ada", keys: [wrong] })), wrong).to.throw("is not a public key");
    expect(() => subject(authorizedKeys("k", { user: "ada", keys: [], exclusive: true, state: "absent" }))).to.throw(
      "exclusive keys cannot be absent",
    );
  });
});
