# shellcheck shell=bash
# The long-running programs of the bench: started with a log each, stopped by their recorded pids, newest first.

service_names=() service_pids=()

service_start() { # NAME COMMAND...
  local name=$1
  shift
  # A session of its own: Ctrl-C on the terminal is for the tests, the engines are stopped in order afterwards.
  setsid "$@" </dev/null >"$bench_dir/$name.log" 2>&1 &
  service_names+=("$name")
  service_pids+=("$!")
}

service_pid() { # NAME
  local i
  for i in "${!service_names[@]}"; do
    if [[ ${service_names[i]} == "$1" ]]; then printf '%s\n' "${service_pids[i]}"; fi
  done
}

# Waits until a condition holds, 30 seconds at most, and not for a service that has already ended.
service_ready() { # NAME CONDITION...
  local name=$1 pid tries
  shift
  pid=$(service_pid "$name")
  for ((tries = 0; tries < 600 && interrupted == 0; tries++)); do
    if "$@" >/dev/null 2>&1; then return; fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  say "$name is not ready"
  return 1
}

services_stop() {
  local i tries
  for ((i = ${#service_pids[@]} - 1; i >= 0; i--)); do kill -TERM "${service_pids[i]}" 2>/dev/null || true; done
  for ((i = ${#service_pids[@]} - 1; i >= 0; i--)); do
    for ((tries = 0; tries < 300; tries++)); do
      kill -0 "${service_pids[i]}" 2>/dev/null || break
      sleep 0.05
    done
    if kill -KILL "${service_pids[i]}" 2>/dev/null; then say "${service_names[i]} did not stop when asked"; fi
  done
}

services_show_logs() {
  local name
  for name in "${service_names[@]}"; do
    printf -- '--- the end of %s.log\n' "$name" >&2
    tail -n 20 "$bench_dir/$name.log" >&2
  done
}

services_since() { # EPOCHREALTIME
  local micros=$((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}))
  printf '%d.%d\n' $((micros / 1000000)) $((micros / 100000 % 10))
}

port_open() { # PORT on loopback
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
