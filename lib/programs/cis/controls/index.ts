import type { Control } from "../control.ts";
import { files } from "./1.1-files.ts";
import { apiserver } from "./1.2-apiserver.ts";
import { controllerManager, kubeScheduler } from "./1.3-controllers.ts";
import { etcdControls } from "./2-etcd.ts";
import { peopleAndLogs } from "./3-people.ts";
import { nodes } from "./4-nodes.ts";
import { rbac } from "./5.1-rbac.ts";
import { podSecurity } from "./5.2-pods.ts";
import { others } from "./5.3-others.ts";

export const benchmark = "CIS Kubernetes Benchmark 1.12";

const parts = (number: string): readonly number[] => number.split(".").map(Number);
const inOrder = (a: Control, b: Control): number => {
  const [left, right] = [parts(a.number), parts(b.number)];
  return left.map((part, index) => part - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
};

/** All 131 controls in the order of their numbers. */
export const controls: readonly Control[] = [
  ...files,
  ...apiserver,
  ...controllerManager,
  ...kubeScheduler,
  ...etcdControls,
  ...peopleAndLogs,
  ...nodes,
  ...rbac,
  ...podSecurity,
  ...others,
].toSorted(inOrder);

/** Those of a section or with a number: "1.2" is all of 1.2.1 to 1.2.30, and not 1.21. */
export const isSelected = ({ number }: Control, selection: readonly string[]): boolean =>
  selection.length === 0 || selection.some((one) => number === one || number.startsWith(`${one}.`));
