import { expect } from "chai";
import { LineSpeed } from "#artifacts/sources/line-speed.ts";

describe("the speed of a line", () => {
  let now: number;
  let line: LineSpeed;
  beforeEach(() => {
    now = 0;
    line = new LineSpeed(() => now);
  });
  const download = (seconds: number, ...got: readonly number[]) =>
    line.during((count) => {
      for (const bytes of got) count(bytes);
      now += seconds * 1000;
      return Promise.resolve();
    });

  it("is that of all downloads, without the time between them", async () => {
    await download(2, 1e6, 4e6);
    now += 60_000;
    await download(2, 4e6);
    expect(line.bytesPerSecond).to.equal(2e6);
  });

  it("counts the time of downloads at once only once", async () => {
    await line.during(async (count) => {
      count(3e6);
      await download(2, 5e6);
    });
    expect(line.bytesPerSecond).to.equal(4e6);
  });

  it("counts what arrives again after a start from the beginning", async () => {
    await download(1, 2e6, 0, 2e6);
    expect(line.bytesPerSecond).to.equal(4e6);
  });

  it("is unknown before a megabyte has arrived, and that of a download in progress later", async () => {
    await download(1, 9e5);
    expect(line.bytesPerSecond).to.equal(undefined);
    await line.during((count) => {
      count(2e6);
      now += 1000;
      expect(line.bytesPerSecond).to.equal(1.45e6);
      return Promise.resolve();
    });
  });
});
