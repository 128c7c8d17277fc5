import { Type } from "typebox";
import { encryptable, providers } from "./config.ts";

export const encryptionVariables = {
  encryption_at_rest: Type.Boolean({
    default: true,
    description:
      "Whether API servers encrypt what they write to etcd. A cluster that was made without is prepared by site, and encrypted by the playbook encryption; so is a change of the other two variables.",
  }),
  encryption_provider: Type.Enum(providers, {
    default: "secretbox",
    description:
      "How: `secretbox` (XSalsa20 and Poly1305), or `aesgcm` (AES in Galois/Counter Mode), which needs a new key at least every 200,000 writes.",
  }),
  encryption_resources: Type.Array(Type.Enum(encryptable), {
    default: ["secrets"],
    uniqueItems: true,
    minItems: 1,
    description: "What is encrypted.",
  }),
};
