import { expect } from "chai";
import { waitUntil } from "#engine/tasks/wait-until.ts";
import { failureOf } from "../resources/on-controller.ts";

describe("waitUntil", () => {
  const quick = { within: 0.2, every: 5, quiet: 50 };
  const silent = { progress: () => undefined, stopping: () => false };

  it("ends when nothing is left to wait for", async () => {
    let left = 3;
    const look = () => Promise.resolve(left-- > 0 ? "it is still there" : undefined);
    expect(await waitUntil(look, quick, silent)).to.equal(undefined);
  });

  it("reports after a while what it waits for, and returns it when the time is over", async () => {
    const said: string[] = [];
    const wait = { ...silent, progress: (line: string) => said.push(line) };
    expect(await waitUntil(() => Promise.resolve("it is still there"), quick, wait)).to.equal("it is still there");
    expect(said[0]).to.equal("it is still there (0 of 0.2 s)");
  });

  it("rejects when the run is stopping", async () => {
    const limits = { ...quick, within: 60 };
    const wait = { ...silent, stopping: () => true };
    expect(await failureOf(waitUntil(() => Promise.resolve("it is still there"), limits, wait))).to.contain(
      "the run was stopped while it waited: it is still there",
    );
  });
});
