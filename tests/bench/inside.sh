#!/usr/bin/env bash
# The first process inside the bench: starts the engines, has the tests run, looks for what they left, stops everything.
# Only tests/run starts this, inside the namespaces (see namespace.sh).
set -euo pipefail

: "${root:?start tests/run instead}" "${bench_dir:?}" "${bench_id:?}" "${bench_scripts:?}" "${bench_started:?}"
mode=$1
shift
for part in report packages services walls tls images registry ssh cargo leaks-inside; do
  # shellcheck source=/dev/null
  source "$bench_scripts/$part.sh"
done

trap 'cargo_interrupt 1' TERM INT HUP

inside_engines() { # STEP: start, ready, fill, clear
  local file
  for file in "$bench_scripts"/engines/*.sh; do "$(basename "$file" .sh)_$1"; done
}

offer() { # NAME VALUE: tells the tests where something is
  export "$1=$2"
}

inside_start() {
  walls_raise
  tls_make
  images_make
  inside_engines start
  registry_start
  ssh_start
  inside_engines ready
  registry_ready
  ssh_ready
  inside_engines fill
}

# However it ends, the engines are stopped in order and the counts are handed over.
started=''
inside_end() {
  local status=$? stopping=$EPOCHREALTIME
  set +e
  trap '' TERM INT HUP
  if [[ -n $started ]]; then
    inside_engines clear
  elif ((interrupted == 0)); then
    count failed 1
    fail_note "the bench did not start"
    services_show_logs
  fi
  services_stop
  say "stopped after $(services_since "$stopping") s"
  report_hand_over "$bench_dir/results"
  exit "$status"
}
trap inside_end EXIT

inside_start
started=yes
say "ready after $(services_since "$bench_started") s"

status=0
if ((interrupted)); then
  status=1
elif [[ $mode == tests ]]; then
  # The mark by which processes that a test left are told from the engines' own.
  export SMIDR_BENCH_TEST=$bench_id
  cargo_run_tests with-engines "$@" || true
  unset SMIDR_BENCH_TEST
  if ((interrupted == 0)); then leaks_inside; fi
else
  "$@" || status=$?
fi
exit "$status"
