import { service, type Task } from "kubeplay";

/**
 * Debian's package starts its own nginx, at its installation and at each boot, unless its service is masked before. The
 * checks of the next run would take that one for somebody else's.
 */
export const maskNginx = (): Task => service("Mask Debian's own nginx service", { name: "nginx", masked: true });
