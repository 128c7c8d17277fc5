import { lab } from "../small-cluster.ts";
// What CI has time for. In this order: the first needs bare hosts, and the last stops one.
import "../firewall.spec.ts";
import "../certs.spec.ts";
import "../cis.spec.ts";
import "../doctor.spec.ts";

lab.share();
