import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { rotationRecord } from "#roles/rotation/record.ts";
import { keepAll } from "../../lib/engine/resources/on-controller.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";

describe("the record of a rotation", () => {
  const root = temporaryFolder();
  const at = (name: string): string => path.join(root, name);
  const record = (file: string, trusted?: string) =>
    rotationRecord("Record it", {
      name: "kubernetes-ca",
      path: at(file),
      state: "present",
      ...(trusted && { trusted }),
    });
  const text = (file: string): string => readFileSync(at(file), "utf8");

  it("has the time of now, and keeps it", async () => {
    const before = Date.now();
    expect((await keepAll([record("a")]))[0]?.outcome).to.equal("changed");
    expect(Date.parse(text("a").trim())).to.be.within(before, Date.now());
    expect((await keepAll([record("a")]))[0]?.outcome).to.equal("ok");
  });

  it("has the time since which all trust the new one, if the run waited for that", async () => {
    writeFileSync(at("trusted"), "2026-01-01T00:00:00.000Z\n");
    await keepAll([record("b", at("trusted"))]);
    expect(text("b")).to.equal("2026-01-01T00:00:00.000Z\n");
    await keepAll([record("c", at("none"))]);
    expect(Date.parse(text("c").trim())).to.be.greaterThan(Date.parse("2026-01-02"));
  });

  it("goes", async () => {
    await keepAll([rotationRecord("Forget it", { name: "kubernetes-ca", path: at("a"), state: "absent" })]);
    expect(existsSync(at("a"))).to.equal(false);
  });
});
