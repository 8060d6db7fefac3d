# shellcheck shell=bash
# The walls around the bench: network, mount, process, IPC and host-name namespaces of its own, and one directory.
#
# Nothing that runs inside can reach the user's engines, interfaces, mounts or home. The process namespace makes the end
# certain: when its first process goes, the kernel kills every process in it, and mounts and interfaces go with it.

namespace_stop_limit=40 # seconds from the first signal until everything inside is killed

# Prints why there can be no bench on this machine; prints nothing when there can.
namespace_missing() {
  local packages
  if ((EUID != 0)); then printf 'this is not root\n'; return; fi
  packages=$(packages_missing | sort -u | paste -sd ' ')
  if [[ -n $packages ]]; then printf 'these packages are not installed: %s\n' "$packages"; return; fi
  if ! unshare --net --mount --pid --ipc --uts --fork --mount-proc true 2>/dev/null; then
    printf 'the kernel refuses new namespaces here (a container without CAP_SYS_ADMIN?)\n'
    return
  fi
  debian_missing
}

# The directory of this run, held by a lock for as long as anything of the run is alive.
namespace_create() {
  bench_started=$EPOCHREALTIME
  namespace_sweep
  bench_dir=$(mktemp -d "${SMIDR_BENCH_BASE:-/var/tmp}/smidr-bench.XXXXXX")
  bench_id=${bench_dir##*/}
  chmod 755 "$bench_dir" # users inside containers and the ssh server look into it
  exec {bench_lock}>"$bench_dir/lock"
  flock --nonblock "$bench_lock"
  mkdir "$bench_dir/tmp" "$bench_dir/home"
  # Interrupted before the namespaces are there, or in the middle of clearing up: nothing may stay either.
  trap 'namespace_remove' EXIT
}

# What a run left that was killed outright (kill -9, power): its lock is free and it is not being made right now.
namespace_sweep() {
  local old
  while IFS= read -r -d '' old; do
    if flock --nonblock "$old/lock" true 2>/dev/null; then
      say "removing what a killed run left: $old"
      namespace_remove_of "$old"
    fi
  done < <(find "${SMIDR_BENCH_BASE:-/var/tmp}" -maxdepth 1 -type d -name 'smidr-bench.??????' -mmin +1 -print0 2>/dev/null)
}

# Runs inside.sh in the namespaces and waits for it. Dies with this shell, whatever kills it.
namespace_run() { # tests|command ARGUMENTS
  local status=0
  interrupted=0
  trap 'namespace_interrupt 130' INT
  trap 'namespace_interrupt 143' TERM
  trap 'namespace_interrupt 129' HUP
  export bench_dir bench_id root bench_scripts bench_started
  # A shell ignores Ctrl-C in what it starts in the background; the tests must not inherit that.
  setpriv --pdeathsig KILL env --default-signal=INT,QUIT \
    unshare --net --mount --pid --ipc --uts --fork --kill-child --mount-proc --propagation private \
    bash "$bench_scripts/inside.sh" "$@" <&0 &
  namespace_pid=$!
  while :; do
    status=0
    wait "$namespace_pid" || status=$?
    kill -0 "$namespace_pid" 2>/dev/null || break
  done
  trap - INT TERM HUP
  if ((interrupted)); then status=$interrupted; fi
  return "$status"
}

# The first signal asks the inside to stop in order, with a limit; the second one ends it at once.
namespace_interrupt() { # STATUS
  local first
  if ((interrupted)); then
    say "again: everything inside is killed now"
    kill -KILL "$namespace_pid" 2>/dev/null || true
    return
  fi
  interrupted=$1
  say "interrupted: stopping the tests and the engines (again: at once)"
  # unshare itself is deaf to signals while it waits; its one child is the first process of the namespace.
  first=$(cat "/proc/$namespace_pid/task/$namespace_pid/children" 2>/dev/null || true)
  # shellcheck disable=SC2086 # one pid, with a blank behind it
  if [[ -n $first ]]; then kill -TERM $first 2>/dev/null || true; else kill -KILL "$namespace_pid" 2>/dev/null || true; fi
  # A timer that ends with us: it holds no lock and no terminal.
  (exec {bench_lock}>&- </dev/null >/dev/null 2>&1
    for ((i = 0; i < namespace_stop_limit * 2; i++)); do
      sleep 0.5
      kill -0 "$namespace_pid" 2>/dev/null || exit 0
    done
    kill -KILL "$namespace_pid") &
}

namespace_remove() {
  if [[ -n ${bench_dir-} && -d $bench_dir ]]; then namespace_remove_of "$bench_dir"; fi
}

namespace_remove_of() { # DIRECTORY
  local tries groups
  # Control groups are the one thing of an engine that lives outside the namespaces. They empty themselves a moment
  # after the last process is gone.
  for ((tries = 0; tries < 100; tries++)); do
    namespace_cgroups "${1##*/}" | xargs -r -d '\n' rmdir 2>/dev/null || true
    groups=$(namespace_cgroups "${1##*/}")
    if [[ -z $groups ]]; then break; fi
    sleep 0.05
  done
  rm -rf --one-file-system "$1"
}

# The control groups of a run, the deepest first.
namespace_cgroups() { # ID
  find /sys/fs/cgroup -depth -type d -path "*/$1*" 2>/dev/null || true
}
