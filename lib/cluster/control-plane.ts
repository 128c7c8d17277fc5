import { Type } from "typebox";

const bindAddress = Type.String({
  format: "ipv4",
  default: "127.0.0.1",
  description:
    "The address that it listens on. With its own host's only, its metrics can be read there without a login, and kube-prometheus reads them through kube-rbac-proxy.",
});

/** Where the controllers and the scheduler listen, for their roles and for checks of their health. */
export const controlPlaneVariables = {
  kube_controller_manager_bind_address: bindAddress,
  kube_scheduler_bind_address: bindAddress,
};

/** Where their own host reaches them. */
export const listenerOf = (bound: string): string => (bound === "0.0.0.0" ? "127.0.0.1" : bound);

export const isLoopback = (bound: string): boolean => bound.startsWith("127.");

/**
 * Flags for who may read what without a login: health, by default. On the own host the metrics too, as kube-rbac-proxy
 * keeps the login of who asks to itself.
 */
export const openPaths = (bound: string): Readonly<Record<string, string>> =>
  isLoopback(bound) ? { "authorization-always-allow-paths": "/healthz,/readyz,/livez,/metrics,/metrics/slis" } : {};
