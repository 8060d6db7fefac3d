# shellcheck shell=bash
# After the tests, while the engines still run: nothing that a test made may be left.

leaks_inside() {
  local file engine
  for file in "$bench_scripts"/engines/*.sh; do
    engine=$(basename "$file" .sh)
    check "nothing left in $engine by the tests" "$("${engine}_leaks" 2>&1)"
  done
  check "no process left by the tests" "$(leaks_processes)"
  check "no temporary file left by the tests" "$(find "$TMPDIR" -mindepth 1 -maxdepth 2 2>/dev/null | head -n 20)"
}

# Every process started by a test inherits the mark, wherever it has been adopted to since.
leaks_processes() {
  local entry
  for entry in /proc/[0-9]*; do
    if grep -qsz "^SMIDR_BENCH_TEST=$bench_id\$" "$entry/environ"; then
      printf '%s %s\n' "${entry##*/}" "$(tr '\0' ' ' <"$entry/cmdline" 2>/dev/null)"
    fi
  done
}
