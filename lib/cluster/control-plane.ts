import { Type } from "typebox";

const bindAddress = Type.String({
  format: "ipv4",
  default: "0.0.0.0",
  description: "The address that it listens on: all by default, so that monitoring can reach it.",
});

/** Where the controllers and the scheduler listen, for their roles and for checks of their health. */
export const controlPlaneVariables = {
  kube_controller_manager_bind_address: bindAddress,
  kube_scheduler_bind_address: bindAddress,
};

/** Where their own host reaches them. */
export const listenerOf = (bound: string): string => (bound === "0.0.0.0" ? "127.0.0.1" : bound);
