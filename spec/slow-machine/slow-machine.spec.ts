import { busyLoops, round } from "./rounds.ts";

/** Fewer rounds for a quick test: ROUNDS=1. */
const rounds = (usual: number): number[] =>
  Array.from({ length: Number(process.env.ROUNDS ?? usual) }, (_, index) => index + 1);

describe("site on one processor, shared by the controller and all hosts", () => {
  // All child processes inherit it: podman, and the hosts.
  for (const number of rounds(5))
    it(`makes a cluster, and then changes nothing, round ${String(number)}`, () => round(["taskset", "-c", "0"], "0"));
});

describe("site beside two programs that use all available time", () => {
  let loops: { end(): void } | undefined;
  beforeEach(() => {
    loops = busyLoops(2, 3600);
  });
  afterEach(() => loops?.end());
  for (const number of rounds(3))
    it(`makes a cluster, and then changes nothing, round ${String(number)}`, () => round([]));
});
