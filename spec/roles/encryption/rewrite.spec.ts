import { expect } from "chai";
import { rewriteAll } from "#roles/encryption/rewrite.ts";
import { failureOf } from "../../lib/engine/resources/on-controller.ts";

type Asked = Parameters<typeof rewriteAll>[0]["ask"];

describe("objects that are written again", () => {
  const names = Array.from({ length: 30 }, (_, index) => `s-${String(index)}`);
  const stale = names.map((name) => ({ namespace: "a", name, by: "identity" }));
  const quiet = { progress: () => undefined };
  /** An API that answers a PUT of an object with these statuses, one after the other, and then with 200. */
  function fake(statuses: (name: string) => readonly number[]) {
    const [written, tries] = [new Set<string>(), new Map<string, number>()];
    const ask = ((method: string, path: string) => {
      const name = path.split("/").at(-1) ?? "";
      const body = { metadata: { name }, message: "no" };
      if (method === "GET") return Promise.resolve({ status: 200, body });
      const tried = tries.get(name) ?? 0;
      tries.set(name, tried + 1);
      const status = statuses(name)[tried] ?? 200;
      if (status === 200) written.add(name);
      return Promise.resolve({ status, body });
    }) as unknown as Asked;
    return { api: { ask }, written };
  }

  it("are all written, also where another one writes or removes them meanwhile", async () => {
    const { api, written } = fake((name) => (name === "s-3" ? [409, 409] : name === "s-4" ? [404] : []));
    await rewriteAll(api, "secrets", stale, quiet);
    expect([...written].sort()).to.deep.equal(names.filter((name) => name !== "s-4").sort());
  });

  it("are all written but those that the API refuses, which are all named", async () => {
    const { api, written } = fake((name) => (name === "s-29" || name === "s-5" ? [403] : []));
    const said = await failureOf(rewriteAll(api, "secrets", stale, quiet));
    for (const name of ["s-29", "s-5"])
      expect(said).to.contain(`/api/v1/namespaces/a/secrets/${name} cannot be written`);
    expect(written.size).to.equal(28);
  });

  it("are left once the API refuses all of them, or the run is interrupted", async () => {
    const { api } = fake(() => [403, 403]);
    const said = await failureOf(rewriteAll(api, "secrets", [...stale, ...stale], quiet));
    expect(said.match(/cannot be written/g)?.length).to.be.within(20, 28);
    const stopped = rewriteAll(fake(() => []).api, "secrets", stale, { ...quiet, stopping: () => true });
    expect(await failureOf(stopped)).to.contain("interrupted: play again");
  });
});
