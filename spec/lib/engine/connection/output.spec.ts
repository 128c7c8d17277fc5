import { expect } from "chai";
import { Output } from "#engine/connection/output.ts";

describe("the output of a command that nobody reads", () => {
  const megabyte = 1024 * 1024;
  const fill = (output: Output, text: string, size: number): void => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) output.stdout.push(bytes.subarray(at, at + size));
  };

  it("costs the same for each byte that arrives by itself, however many there are", () => {
    const output = new Output(megabyte, { unread: true });
    const before = process.cpuUsage();
    fill(output, "x".repeat(400_000), 1);
    // Copies of all earlier bytes would take minutes.
    expect(process.cpuUsage(before).user, "microseconds").to.be.below(10_000_000);
  });

  for (const size of [1, 700, 1000, 40_000, megabyte])
    it(`keeps its last 64 KiB in pieces of ${String(size)} bytes`, () => {
      const output = new Output(megabyte, { unread: true });
      const text = Array.from({ length: 20_000 }, (_, index) => `line ${String(index)}`).join("\n");
      fill(output, text, size);
      const { stdout } = output.result();
      expect(text.endsWith(stdout)).to.equal(true);
      expect(stdout.length).to.equal(64 * 1024);
      expect(output.lastLine()).to.equal("line 19999");
    });
});
