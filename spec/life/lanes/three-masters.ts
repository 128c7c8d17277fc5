import { lab } from "../ha-cluster.ts";
// In this order: the first makes the cluster in earlier versions, and the last takes a master away.
import "../upgrade.spec.ts";
import "../backup.spec.ts";
import "../remove.spec.ts";

lab.share();
