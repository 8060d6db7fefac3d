# shellcheck shell=bash
# What the run says, and the counts behind its last line.

passed=0 failed=0 skipped=0

say() { printf 'bench: %s\n' "$*" >&2; }

loudly() {
  local line
  printf '\n%s\n' "======================================================================" >&2
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  printf '%s\n\n' "======================================================================" >&2
}

# A failure that no test reported. It shows in the last lines of the run, where people look.
fail_notes=()
fail_note() {
  fail_notes+=("$*")
  say "FAILED: $*"
}

count() { # passed|failed|skipped NUMBER
  case $1 in
    passed) passed=$((passed + $2)) ;;
    failed) failed=$((failed + $2)) ;;
    skipped) skipped=$((skipped + $2)) ;;
  esac
}

# One check of the bench itself, counted like a test. The text after the name is the finding: none is good.
check() { # NAME FINDING
  if [[ -z $2 ]]; then
    count passed 1
    say "ok: $1"
  else
    count failed 1
    fail_note "$1: ${2//$'\n'/$'\n'    }"
  fi
}

# The part of the run inside the namespaces is a process of its own: it leaves its counts in a file.
report_hand_over() { # FILE
  {
    printf 'count passed %d\ncount failed %d\ncount skipped %d\n' "$passed" "$failed" "$skipped"
    if ((${#fail_notes[@]})); then printf 'fail_notes+=(%q)\n' "${fail_notes[@]}"; fi
  } >"$1.new"
  mv "$1.new" "$1"
}

report_collect() { # FILE
  if [[ -e $1 ]]; then
    # shellcheck source=/dev/null
    source "$1"
  elif [[ $mode == tests ]]; then
    count failed 1
    fail_note "the run inside the bench was cut off and left no counts"
  fi
}

# Ends the run: the line that CI counts is the last one. Never returns.
report_end() { # [STATUS]
  local note status=${1:-0}
  if ((skipped)) && [[ ${CI-} == true ]]; then
    fail_note "$skipped tests were skipped, and with CI=true a skipped test is a failure"
    failed=$((failed + skipped)) skipped=0
  fi
  if ((failed == 0 && status != 0)); then failed=1; fi
  for note in "${fail_notes[@]}"; do printf 'FAILED: %s\n' "$note"; done
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  if ((status > 128)); then exit "$status"; fi
  exit $((failed > 0))
}
