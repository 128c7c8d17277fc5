import { prepared } from "../engine/every-task.ts";
import { clear } from "../lib/runner/stage.ts";
import { on, target } from "./lab/host.ts";
import { keepsEverything, projectOf } from "./project.ts";

describe("another system", () => {
  after(clear);

  it("Debian 12 is kept as Debian 13 is", async () => {
    await on("shape-bookworm", prepared);
    await keepsEverything(projectOf(target("shape-bookworm")));
  });
});
