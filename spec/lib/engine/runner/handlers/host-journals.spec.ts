import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import type { Result } from "#engine/connection/types.ts";
import { fakeConnection } from "#engine/connection/fake.ts";
import { assumedFacts } from "#engine/facts/assumed.ts";
import { HostJournals } from "#engine/runner/handlers/host-journals.ts";
import { nothingOwed, readOwed, type Owed } from "#engine/runner/handlers/owed.ts";

describe("the journals on the hosts", () => {
  let scripts: string[];
  let notices: string[];
  let result: Result;

  beforeEach(() => {
    [scripts, notices] = [[], []];
    result = { stdout: "", stderr: "", code: 0 };
  });

  const live = ({ owed = nothingOwed } = {}) => ({
    writer: {
      ...fakeConnection("a", []),
      run: (script: string) => {
        scripts.push(script);
        return Promise.resolve(result);
      },
    },
    facts: assumedFacts("a"),
    lastHolder: "",
    owed,
  });
  const journals = () => new HostJournals((message) => notices.push(message));
  const owed = (...handlers: readonly string[]): Owed => ({ at: 1, handlers });
  const written = (): readonly (readonly string[])[] =>
    scripts.map((script) => readOwed(/'(\{.*\})'/.exec(script)?.[1] ?? "").handlers);

  it("write what a host is owed, and each list once", async () => {
    const all = journals();
    const a = live();
    all.of("a", a).keep(owed("r\0Restart"));
    await sleep(1);
    all.of("a", a).keep(owed("r\0Restart"));
    await sleep(1);
    all.of("a", a).keep(owed());
    await all.settled();
    expect(written()).to.deep.equal([["r\0Restart"], []]);
  });

  it("write the last of several lists in a row", async () => {
    const all = journals();
    const a = live({ owed: owed("r\0Reload") });
    all.of("a", a).keep(owed());
    all.of("a", a).keep(owed("r\0Restart", "r\0Reload"));
    await sleep(1);
    all.of("a", a).keep(owed());
    all.of("a", a).keep(owed("r\0Reload", "r\0Restart"));
    await all.settled();
    expect(written()).to.deep.equal([["r\0Restart", "r\0Reload"]]);
  });

  it("leave alone a host that was owed nothing and is not", async () => {
    const all = journals();
    all.of("a", live()).keep(owed());
    await all.settled();
    expect(scripts).to.deep.equal([]);
  });

  it("leave alone what has no list of its own", async () => {
    const all = journals();
    all.of("a", { ...live(), owed: undefined }).keep(owed("r\0Restart"));
    await all.settled();
    expect(scripts).to.deep.equal([]);
  });

  it("say that a host could not keep its list, and try again with the next", async () => {
    const all = journals();
    const a = live();
    result = { stdout: "", stderr: "No space left on device", code: 1 };
    all.of("a", a).keep(owed("r\0Restart"));
    await all.settled();
    expect(notices.join()).to.include("a could not keep the list").and.to.include("No space left on device");
    result = { stdout: "", stderr: "", code: 0 };
    all.of("a", a).keep(owed("r\0Restart"));
    await all.settled();
    expect(scripts).to.have.length(2);
  });
});
