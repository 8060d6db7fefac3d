# shellcheck shell=bash
# The machine before and after: the bench may leave nothing behind outside, and take nothing away.

leaks_before() {
  leaks_interfaces_before=$(leaks_interfaces)
  leaks_mounts_before=$(leaks_mounts)
  leaks_tree_before=$(leaks_tree)
}

leaks_after() {
  check "no process left behind" "$(leaks_marked_processes)"
  check "no mount left behind" "$(leaks_difference "$leaks_mounts_before" "$(leaks_mounts)")"
  check "no interface left behind or taken away" "$(leaks_difference "$leaks_interfaces_before" "$(leaks_interfaces)")"
  check "no control group left behind" "$(namespace_cgroups "$bench_id")"
  check "no file left behind" "$(find "${bench_dir%/*}" /tmp /run /var/run/ -maxdepth 2 -name "*${bench_id}*" 2>/dev/null)"
  check "the source tree is as it was" "$(leaks_difference "$leaks_tree_before" "$(leaks_tree)")"
}

leaks_difference() { # BEFORE AFTER
  diff <(printf '%s\n' "$1") <(printf '%s\n' "$2") | sed -n 's/^< /gone: /p;s/^> /new: /p'
}

# Processes that carry the name of this run in their environment, or are in one of its control groups.
leaks_marked_processes() {
  local entry pid
  for entry in /proc/[0-9]*; do
    pid=${entry##*/}
    if grep -qsz "^SMIDR_BENCH=$bench_id\$" "$entry/environ" || grep -qs "$bench_id" "$entry/cgroup"; then
      printf '%s %s\n' "$pid" "$(tr '\0' ' ' <"$entry/cmdline" 2>/dev/null)"
    fi
  done
}

# The user's own engines may start and stop containers meanwhile: what those make and remove all the time (overlay,
# shm, namespace mounts; veth pairs and bridges named by id) is not looked at, unless it bears the name of this run.
leaks_mounts() {
  awk -v id="$bench_id" 'index($0, id) || !($0 ~ / (overlay|nsfs) / || $0 ~ /\/(docker|containers?|containerd)\//) \
    { print $2, $3, $1 }' /proc/self/mounts | sort
}

# Index and address too: an interface that was removed and made again is not the same one.
leaks_interfaces() {
  ip -oneline link show | awk -F': ' '$2 !~ /^(veth|br-)/ { print $1, $2, $3 }' |
    sed 's/@[^ ]*//;s/ state [^ ]*//;s/<[^>]*>//' | sort
  ip -oneline -4 address show | awk '$2 !~ /^(veth|br-)/ { print $2, $4 }' | sort
}

# In CI nobody edits while the tests run.
leaks_tree() {
  if [[ ${CI-} == true ]] && git -C "$root" rev-parse >/dev/null 2>&1; then git -C "$root" status --porcelain; fi
}
