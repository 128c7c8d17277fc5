export { RunFiles, type RecordedChange, type Summary } from "./run-files.ts";
export { Terminal, type TerminalOptions } from "./terminal.ts";
export { inOneLine, printable, printableJson } from "./printable.ts";
export { Failures } from "./failures.ts";
export { typed } from "./typed.ts";
export { RetryFile } from "./retry-file.ts";
export { DriftReport } from "./drift.ts";
export { runId } from "./run-id.ts";
export { pastRuns, unendedSince, type PastRun } from "./past-runs.ts";
