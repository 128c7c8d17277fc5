import { defineCheck, type Finding } from "../check.ts";
import { list, nameOf, text } from "../../reading/objects.ts";

const path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
/** kube-controller-manager approves client certificates of those who have these roles. */
const role = /^system:certificates\.k8s\.io:certificatesigningrequests:(?:nodeclient|selfnodeclient)$/;

export const joining = defineCheck({
  name: "joining",
  description:
    "With kubelet_csr_approval: inventory, nobody has a client certificate of a node without kubeplay's approver.",
  fromApi: [path],
  findings: ({ api, vars }) =>
    vars.kubelet_csr_approval === "kubernetes"
      ? []
      : list(api(path), "items").flatMap((binding): Finding[] => {
          const granted = text(binding, "roleRef", "name");
          if (!role.test(granted)) return [];
          const subjects = list(binding, "subjects").map((one) => `${text(one, "kind")} ${text(one, "name")}`);
          return [
            {
              severity: "warning",
              subject: `ClusterRoleBinding ${nameOf(binding)}`,
              problem: `it gives ${granted} to ${subjects.join(", ") || "nobody"}: kube-controller-manager approves their requests, whatever the inventory has`,
              remedy: `npm run kubectl -- delete clusterrolebinding ${nameOf(binding)}; or kubelet_csr_approval: kubernetes, if it is wanted`,
            },
          ];
        }),
});
