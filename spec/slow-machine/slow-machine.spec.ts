import { busyLoops, round } from "./rounds.ts";

/** Fewer for a quick look: ROUNDS=1. */
const rounds = (usual: number): number[] =>
  Array.from({ length: Number(process.env.ROUNDS ?? usual) }, (_, index) => index + 1);

describe("site on one processor, which the controller and all hosts share", () => {
  // Whatever is started inherits it: podman, and the hosts.
  for (const number of rounds(5))
    it(`passes from nothing, and again without a change, round ${String(number)}`, () =>
      round(["taskset", "-c", "0"], "0"));
});

describe("site beside two programs that take all that they get", () => {
  let loops: { end(): void } | undefined;
  beforeEach(() => {
    loops = busyLoops(2, 3600);
  });
  afterEach(() => loops?.end());
  for (const number of rounds(3))
    it(`passes from nothing, and again without a change, round ${String(number)}`, () => round([]));
});
