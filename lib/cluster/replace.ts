import { Type } from "typebox";

/** For a machine that is lost, with its data. */
export const replaceVariables = {
  replace: Type.String({
    default: "",
    description:
      "A master whose machine or disk is new: its old member of etcd is removed, and it joins as a new one; only with -e.",
  }),
};
