# Removes the chains of iptables whose names match $prefixes, with all rules that lead to them, and then the tables that
# have become empty and that the host did not have before. $before has the names of those that it had.
for iptables in iptables ip6tables; do
  command -v $iptables-save >/dev/null 2>&1 || continue
  saved=$($iptables-save 2>/dev/null) || continue
  # One transaction for each table.
  printf '%s\n' "$saved" | awk -v "ours=^($prefixes)" '
    /^\*/ { table = $0; rules = flush = chains = "" }
    /^:/ { name = substr($1, 2); if (name ~ ours) { flush = flush "-F " name "\n"; chains = chains "-X " name "\n" } }
    /^-A/ && $2 !~ ours {
      for (i = 3; i < NF; i++) if (($i == "-j" || $i == "-g") && $(i + 1) ~ ours) { rules = rules "-D" substr($0, 3) "\n"; break }
    }
    /^COMMIT/ && chains != "" { printf "%s\n%s%s%sCOMMIT\n", table, rules, flush, chains }
  ' | $iptables-restore --noflush || exit 1
done
# Without a record, nobody knows who made them, and they do nothing.
[ -f "$before" ] && command -v nft >/dev/null 2>&1 || exit 0
for family in ip ip6; do
  for table in filter nat mangle raw security; do
    ! grep -qxF "table $family $table" "$before" || continue
    text=$(nft --stateless list table $family $table 2>/dev/null) || continue
    # Only chains of the kernel's hooks that accept all.
    printf '%s\n' "$text" | grep -qvE '^#|^table |^[[:space:]]*(chain [A-Z]+ \{|type .* policy accept;|\})?$' ||
      nft delete table $family $table || exit 1
  done
done
