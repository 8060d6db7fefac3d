# Signals processes of a build, each only while it still is the one that was seen:
# sh -c THIS smidr-stop DIRECTORY [SIGNAL one|group PID START NAME]...
# START is that of /proc/PID/stat; a group is signalled by its leader, or by any of its members where that is dead.
# Prints "sent PID" or "refused PID" for each that was there, then "lock" and "socket" where those are, then "end".
LC_ALL=C
export LC_ALL
exec 2>/dev/null
directory=$1
shift

# The state, group, session and start of a process.
facts() {
  line=
  IFS= read -r line <"/proc/$1/stat" || return 1
  set -f
  # shellcheck disable=SC2086 # into its fields
  set -- ${line##*) }
  set +f
  [ $# -ge 20 ] || return 1
  state=$1 group=$3 session=$4
  shift 19
  start=$1
}

# Whether a group without its leader has members.
has_members() {
  for path in /proc/[0-9]*; do
    facts "${path#/proc/}" || continue
    case $state in Z | X) continue ;; esac
    [ "$group" = "$1" ] && [ "$session" = "$1" ] && return 0
  done
  return 1
}

is_there() {
  name=
  if facts "$2"; then
    [ "$start" = "$3" ] || return 1
    case $state in
      Z | X) ;;
      *)
        IFS= read -r name <"/proc/$2/comm"
        # A task is called after its worker at first.
        [ "$1" = group ] || [ "$name" = "$4" ]
        return
        ;;
    esac
  fi
  [ "$1" = group ] && has_members "$2"
}

while [ $# -ge 5 ]; do
  signal=$1 kind=$2 pid=$3
  if is_there "$2" "$3" "$4" "$5"; then
    target=$pid
    # No "--" before the group: busybox refuses it.
    [ "$kind" = group ] && target=-$pid
    if kill "-$signal" "$target"; then echo "sent $pid"; else echo "refused $pid"; fi
  fi
  shift 5
done
[ -e "$directory/bitbake.lock" ] && echo lock
[ -e "$directory/bitbake.sock" ] && echo socket
echo end
