/** How a host's part in a play ended; "stopped" if the run ended before it. */
export type WalkEnd = "done" | "failed" | "unreachable" | "stopped";
