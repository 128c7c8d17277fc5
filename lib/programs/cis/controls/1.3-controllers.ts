import type { Control, Kind } from "../control.ts";
import { settings } from "../tests/settings.ts";
import { atLeast, is, isSet, orAbsent, type Test } from "../tests/values.ts";

const component = "kube-controller-manager" as const;
const own = "remove it from kube_controller_manager_extra_flags, and play site";

const flag = (number: number, title: string, kind: Kind, name: string, test: Test, remedy = own): Control =>
  settings([`1.3.${String(number)}`, title, kind, remedy], "masters", [{ component, flag: name }], test);

export const loopback = ["127.0.0.1", "::1"];

export const controllerManager: readonly Control[] = [
  flag(
    1,
    "a limit of ended pods that are kept",
    "manual",
    "terminated-pod-gc-threshold",
    atLeast(1),
    "kube_controller_manager_terminated_pod_gc_threshold: 1000, and play site",
  ),
  flag(2, "no profiling", "automated", "profiling", is("false")),
  flag(3, "each controller has its own service account", "automated", "use-service-account-credentials", is("true")),
  flag(4, "the private key of service accounts' tokens", "automated", "service-account-private-key-file", isSet),
  flag(5, "the CA that pods get", "automated", "root-ca-file", isSet),
  flag(
    6,
    "kubelets' serving certificates may rotate",
    "automated",
    "feature-gates",
    orAbsent((value) => !(value ?? "").split(",").includes("RotateKubeletServerCertificate=false")),
  ),
  flag(
    7,
    "it listens on its own host only",
    "automated",
    "bind-address",
    is(...loopback),
    "kube_controller_manager_bind_address: 127.0.0.1, and play site",
  ),
];

const scheduler = (
  number: number,
  title: string,
  wanted: { flag: string; field?: string },
  test: Test,
  remedy: string,
): Control =>
  settings(
    [`1.4.${String(number)}`, title, "automated", remedy],
    "masters",
    [{ component: "kube-scheduler", ...wanted }],
    test,
  );

export const kubeScheduler: readonly Control[] = [
  scheduler(
    1,
    "no profiling",
    { flag: "profiling", field: "enableProfiling" },
    is("false"),
    "remove it from kube_scheduler_extra_flags, and play site",
  ),
  scheduler(
    2,
    "it listens on its own host only",
    { flag: "bind-address" },
    is(...loopback),
    "kube_scheduler_bind_address: 127.0.0.1, and play site",
  ),
];
