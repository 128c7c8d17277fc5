import { randomBytes } from "node:crypto";

/** The id of a run, which is the name of its folder. Ids sort by time, to the millisecond: "20260314T092653.589-c0de". */
export const runId = (at: Date): string =>
  `${at.toISOString().replaceAll(/[-:]/g, "").slice(0, -1)}-${randomBytes(2).toString("hex")}`;
