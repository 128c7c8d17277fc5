import { lab } from "../ha-cluster.ts";
// By itself: other work on the machine would be a fault of its own.
import "../faults.spec.ts";
import "../dns.spec.ts";

lab.share();
