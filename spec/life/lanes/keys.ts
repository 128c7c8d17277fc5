import { lab } from "../rotating-cluster.ts";
// In this order: the first makes the cluster without encryption.
import "../encryption.spec.ts";
import "../rotation.spec.ts";

lab.share();
