import { Type } from "typebox";

/** For the roles that approve kubelets' client certificates, and that grant the right to it. */
export const approvalVariables = {
  kubelet_csr_approval: Type.Enum(["inventory", "kubernetes"], {
    default: "inventory",
    description:
      "Which requests of kubelets for client certificates are approved. inventory: by kubeplay's approver, if a node of the inventory asks for itself with its own token, once, or with its certificate. kubernetes: by kube-controller-manager, whatever node a token or a certificate asks for. Play site without a limit after a change.",
  }),
};
