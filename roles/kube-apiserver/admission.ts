import { Type } from "typebox";

const levels = ["privileged", "baseline", "restricted"] as const;
type Level = (typeof levels)[number];

const level = (value: Level, description: string) => Type.Enum([...levels], { default: value, description });
const standards = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";

export const podSecurityVariables = {
  pod_security_enforce: level(
    "privileged",
    `The Pod Security Standard that new pods must meet in a namespace without a label of its own: ${standards}. privileged refuses none.`,
  ),
  pod_security_warn: level("restricted", "The standard of whose violations kubectl warns when somebody makes a pod."),
  pod_security_audit: level("restricted", "The standard whose violations are in the audit log."),
  pod_security_exempt_namespaces: Type.Array(Type.String(), {
    default: ["kube-system"],
    description:
      "Namespaces for which these standards do not apply. kubeplay's own addons outside of kube-system have labels where their pods need more.",
  }),
};

export interface PodSecurity {
  readonly pod_security_enforce: Level;
  readonly pod_security_warn: Level;
  readonly pod_security_audit: Level;
  readonly pod_security_exempt_namespaces: readonly string[];
}

/** The file for kube-apiserver's flag admission-control-config-file. */
export const admissionConfiguration = (vars: PodSecurity): object => ({
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "AdmissionConfiguration",
  plugins: [
    {
      name: "PodSecurity",
      configuration: {
        apiVersion: "pod-security.admission.config.k8s.io/v1",
        kind: "PodSecurityConfiguration",
        defaults: {
          enforce: vars.pod_security_enforce,
          "enforce-version": "latest",
          audit: vars.pod_security_audit,
          "audit-version": "latest",
          warn: vars.pod_security_warn,
          "warn-version": "latest",
        },
        exemptions: {
          usernames: [],
          runtimeClasses: [],
          namespaces: vars.pod_security_exempt_namespaces,
        },
      },
    },
  ],
});
