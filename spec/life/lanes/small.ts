import { lab } from "../small-cluster.ts";
// In this order: the first needs bare hosts, and the last two make the cluster anew.
import "../firewall.spec.ts";
import "../kills.spec.ts";
import "../certs.spec.ts";
import "../adopt.spec.ts";
import "../cis.spec.ts";
import "../doctor.spec.ts";
import "../external.spec.ts";
import "../runc.spec.ts";

lab.share();
