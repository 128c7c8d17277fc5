import { defineCheck, type Finding } from "../check.ts";
import { condition, list, nameOf } from "../../reading/objects.ts";

const path = "/apis/apiregistration.k8s.io/v1/apiservices";

export const apiServices = defineCheck({
  name: "api-services",
  description: "Every extension of the API, such as metrics, is available.",
  fromApi: [path],
  findings: ({ api }) =>
    list(api(path), "items").flatMap((service): Finding[] => {
      const { status, reason, message } = condition(service, "Available");
      if (status !== "False") return [];
      return [
        {
          severity: "error",
          subject: `API ${nameOf(service)}`,
          problem: `it is not available (${reason}): deletions of namespaces hang meanwhile`,
          cause: message,
          remedy: "look at the pods of its Service; if nothing serves it any more, delete the APIService",
        },
      ];
    }),
});
