/** How a host's part in a play ended; "stopped" if the run ended before it. */
export type HostPlayEnd = "done" | "failed" | "unreachable" | "stopped";
