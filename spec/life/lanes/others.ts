// Each makes a cluster of its own.
import "../backup-passphrase.spec.ts";
import "../reset.spec.ts";
import "../storage.spec.ts";
import "../grow.spec.ts";
