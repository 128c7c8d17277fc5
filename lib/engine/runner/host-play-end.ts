/** How a host play ended; "stopped" means that the run ended first. */
export type HostPlayEnd = "done" | "failed" | "unreachable" | "stopped";
