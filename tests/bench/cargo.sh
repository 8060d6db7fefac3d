# shellcheck shell=bash
# Building and running the tests with cargo, and counting them from what nextest itself wrote down.

cargo_config=(--config-file "$root/tests/nextest.toml")

cargo_ensure_nextest() {
  if cargo nextest --version >/dev/null 2>&1; then return; fi
  say "installing cargo-nextest, which runs the tests (this takes some minutes, once)"
  cargo install cargo-nextest --locked >&2
}

# Everything that needs the network or takes long happens here, before the namespaces are entered.
cargo_build() { # NEXTEST-ARGUMENTS
  # HOME is another one inside the bench: say where cargo's own directories are.
  export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
  cargo nextest list "${cargo_config[@]}" "$@" >/dev/null && cargo build --quiet --lib --bins
}

# The tests that would run, one a line.
cargo_names() { # default|only|all NEXTEST-ARGUMENTS
  local which=$1
  shift
  cargo nextest list "${cargo_config[@]}" --cargo-quiet --run-ignored "$which" -T oneline "$@" 2>/dev/null | grep . || true
}

# A test that needs a real engine is `#[ignore = "needs the bench: run tests/run"]`: plain `cargo test` shows it as
# ignored, this script runs it with the engines and counts it as skipped without them.
cargo_run_tests() { # with-engines|without-engines NEXTEST-ARGUMENTS
  local engines=$1 which=default planned status=0 store junit
  shift
  if [[ $engines == with-engines ]]; then which=all; else count skipped "$(cargo_names only "$@" | wc -l)"; fi
  planned=$(cargo_names "$which" "$@" | wc -l)
  store=$(mktemp -d "${TMPDIR:-/tmp}/smidr-nextest.XXXXXX")
  { cat "$root/tests/nextest.toml"; printf '[store]\ndir = "%s"\n' "$store"; } >"$store/nextest.toml"
  junit=$store/default/junit.xml

  if ((planned)); then
    cargo_in_background cargo nextest run --config-file "$store/nextest.toml" --run-ignored "$which" --no-fail-fast "$@" || status=$?
    cargo_count_junit "$junit" "$planned" "$status"
  elif ((skipped == 0)); then
    count failed 1
    fail_note "no test matches: $*"
  fi
  if (($# == 0 && interrupted == 0)); then
    cargo_in_background cargo test --doc --quiet >"$store/doc" 2>&1 || status=$?
    cat "$store/doc"
    cargo_count_doc "$store/doc"
  fi
  rm -rf "$store"
  return "$status"
}

# Ends the tests that are running now; whoever runs them then comes to its own end.
interrupted=0 cargo_child=''
cargo_interrupt() { # STATUS
  interrupted=$1
  if [[ -n $cargo_child ]]; then kill -TERM "$cargo_child" 2>/dev/null || true; fi
}

# In the background, so that this shell hears signals at once and not only after the tests.
cargo_in_background() {
  "$@" &
  cargo_child=$!
  local status=0
  while kill -0 "$cargo_child" 2>/dev/null; do
    status=0
    wait "$cargo_child" || status=$?
  done
  cargo_child=
  return "$status"
}

# nextest's own tally. A test that was planned and is not in it (the run was cut off) has not passed.
cargo_count_junit() { # FILE PLANNED STATUS
  local head='' tests=0 bad=0
  if [[ -s $1 ]]; then head=$(grep -m1 -o '<testsuites [^>]*>' "$1"); fi
  tests=$(cargo_attribute tests "$head")
  bad=$(($(cargo_attribute failures "$head") + $(cargo_attribute errors "$head")))
  count passed $((tests - bad))
  count failed "$bad"
  if ((tests < $2)); then
    count failed $(($2 - tests))
    fail_note "$(($2 - tests)) of $2 tests were not run"
  elif ((bad == 0 && $3 != 0)); then
    count failed 1
    fail_note "nextest ended with status $3"
  fi
}

cargo_attribute() { # NAME XML-TAG
  if [[ $2 =~ [[:space:]]$1=\"([0-9]+)\" ]]; then printf '%s' "${BASH_REMATCH[1]}"; else printf 0; fi
}

cargo_count_doc() { # OUTPUT-FILE
  local ok bad ignored
  if ! grep -q '^test result: ' "$1"; then
    count failed 1
    fail_note "the documentation tests did not run"
    return
  fi
  read -r ok bad ignored < <(awk '/^test result: / { for (i = 2; i <= NF; i++) {
    if ($i ~ /^passed/) p += $(i - 1); if ($i ~ /^failed/) f += $(i - 1); if ($i ~ /^ignored/) s += $(i - 1) } }
    END { print p + 0, f + 0, s + 0 }' "$1")
  count passed "$ok"
  count failed "$bad"
  count skipped "$ignored"
}
