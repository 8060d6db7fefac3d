# Looks for BitBake's processes and for what they write.
# $every: so many seconds between two looks; one look where it is empty. Prints a line a fact, "end" after each look;
# src/builds/located.rs says what the lines mean. Needs a POSIX shell, ls, readlink, tr, stat, df; what is missing or
# not permitted is left out.
LC_ALL=C
export LC_ALL
exec 2>/dev/null
newline='
'

# The build directory above a working directory: where the lock or the layers are.
build_directory() {
  top=$1
  while [ -n "$top" ] && ! [ -e "$top/bitbake.lock" ] && ! [ -e "$top/conf/bblayers.conf" ]; do top=${top%/*}; done
  [ -n "$top" ] || top=$1
}

one_line() { case $1 in '' | *"$newline"*) return 1 ;; esac; }

# A process: its kind, pid, parent, session, start in ticks, user, and short name.
process() {
  IFS= read -r line <"/proc/$2/stat" || return 1
  rest=${line##*) }
  # What is dead and not yet buried does nothing more.
  case $rest in [ZX]\ *) return 1 ;; [A-Za-z]\ *) ;; *) return 1 ;; esac
  user=
  while read -r key _ effective _; do
    if [ "$key" = Uid: ]; then user=$effective && break; fi
  done <"/proc/$2/status"
  kind=$1 pid=$2 short=$3
  set -f
  IFS=' '
  # shellcheck disable=SC2086 # into its fields
  set -- $rest
  unset IFS
  set +f
  session=$4
  printf 'process %s %s %s %s %s %s %s\n' "$kind" "$pid" "$2" "$4" "${20}" "$user" "$short"
}

# Where the last process works, and what it was asked.
particulars() {
  tr '\n\000' ' \n' <"/proc/$1/cmdline" | head -n 67 | cut -c 1-1000 | sed 's/^/word /'
  where=$(readlink "/proc/$1/cwd")
  if one_line "$where"; then
    build_directory "$where"
    printf 'cwd %s\ndirectory %s\n' "$where" "$top"
    case $newline$directories in *"$newline$top$newline"*) ;; *) directories=$directories$top$newline ;; esac
  fi
}

# What a client writes.
files() {
  open=$(ls -l "/proc/$1/fd/"*)
  [ -n "$open" ] && echo 'open'
  set -f
  IFS=$newline
  for line in $open; do
    file=${line#* -> }
    case $file in
      *.log) if [ -L "${file%/*}/console-latest.log" ]; then stat -c 'prints %Y %s %n' "$file" && log=$file; fi ;;
    esac
  done
  unset IFS
  set +f
  tr '\n\000' ' \n' <"/proc/$1/environ" | grep '^BBEVENTLOG=' | head -n 1 | sed 's/^/variable /'
}

# What stands in a build directory.
directory() {
  printf 'in %s\n' "$1"
  read -r pid _ <"$1/bitbake.lock" && printf 'lock %s\n' "$pid"
  for link in "$1"/tmp*/log/cooker/*/console-latest.log; do
    file=$(readlink -f "$link")
    one_line "$file" && stat -c 'log %Y %s %n' "$file" && last=$file
  done
  for events in "$1"/tmp*/log/eventlog; do
    for file in "$events"/*.json; do :; done
    [ -f "$file" ] && stat -c 'events %Y %s %n' "$file"
  done
  case $log in "$1"/*) last=$log ;; esac
  [ -d "${last%/*}" ] && set -- "${last%/*}"
  df -Pk "$1" | tail -n 1 | sed 's/^/blocks /'
  df -Pi "$1" | tail -n 1 | sed 's/^/files /'
  last=
}

look() {
  directories='' tasks='' steps='' log='' last=''
  printf 'look\nuser %s\nnow %s\n' "$(id -u)" "$(date +%s)"
  while read -r key value _; do
    if [ "$key" = btime ]; then printf 'boot %s\n' "$value" && break; fi
  done </proc/stat
  for path in /proc/[0-9]*; do
    id=${path#/proc/}
    IFS= read -r name <"$path/comm" || continue
    case $name in
      KnottyUI) process client "$id" "$name" && particulars "$id" && files "$id" ;;
      Cooker) process server "$id" "$name" && particulars "$id" ;;
      Parser-*) process parser "$id" "$name" ;;
      Worker*) process worker "$id" "$name" ;;
      run.do_*) process step "$id" "$name" && steps="$steps $id:$session" ;;
      *:*) process task "$id" "$name" && tasks="$tasks $path/fd/1" ;;
      python* | bitbake)
        IFS= read -r words <"$path/cmdline"
        case $words in
          */bitbake-server* | */bitbake-worker*) ;;
          */bitbake*) process client "$id" "$name" && particulars "$id" && files "$id" ;;
        esac
        ;;
    esac
  done
  # shellcheck disable=SC2086 # one word each
  links=$([ -n "$tasks" ] && ls -l $tasks)
  set -f
  IFS=$newline
  for line in $links; do
    path=${line#*/proc/}
    case $line in *' -> '*/log.do_*) printf 'writes %s %s\n' "${path%%/*}" "${line#* -> }" ;; esac
  done
  unset IFS
  set +f
  for step in $steps; do
    # Of a task whose log is known, nothing more is asked.
    case $links in *"/proc/${step#*:}/fd/1 -> "*) continue ;; esac
    tr '\n\000' ' \n' <"/proc/${step%:*}/cmdline" | grep '/run\.do_' | head -n 1 | sed "s/^/runs ${step#*:} /"
  done
  set -f
  IFS=$newline
  for each in $directories; do
    unset IFS
    set +f
    directory "$each"
  done
  unset IFS
  set +f
  echo end
}

while :; do
  look
  [ -n "$every" ] || exit 0
  sleep "$every"
done
