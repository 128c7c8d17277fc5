import { expect } from "chai";
import { listen, Progress } from "#roles/conformance/progress.ts";

describe("the progress of a conformance run", () => {
  it("counts each test that is told of, whichever process tells it", async () => {
    const lines: string[] = [];
    const { url, server } = await listen(new Progress(5, (line) => lines.push(line)));
    const tell = (msg: string) => fetch(url, { method: "POST", body: JSON.stringify({ msg, total: 0, completed: 9 }) });
    for (const msg of ["Test Suite starting", "PASSED [sig-node] Pods run", "FAILED [sig-node] Pods stop"])
      await tell(msg);
    server.close();
    expect(lines.map((line) => line.replace(/\d+\.\d min/, "N min"))).to.deep.equal([
      "1 of 5 (N min): ok [sig-node] Pods run",
      "2 of 5 (N min, 1 failed): FAILED [sig-node] Pods stop",
    ]);
  });
});
