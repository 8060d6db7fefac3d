#!/bin/sh
# Stands in for BitBake where none can be had: names its processes alike, writes the same files, and prints what a plan
# says. Installed as bitbake, bitbake-server and bitbake-worker; the build directory is the working directory.
#
# $FAKE_PLAN: the console log, line by line; "@wait FILE" waits for a file.
# $FAKE_STAMP: the name of the console log. Tasks run from their line "Started" to their line "Succeeded" or "Failed".
name() { printf '%s' "$1" >"/proc/$$/comm"; }

case $0 in
  *bitbake)
    logs=$PWD/tmp/log/cooker/qemux86-64
    name KnottyUI
    mkdir -p "$logs"
    rm -f .parsed worker.pipe
    mkfifo worker.pipe
    (setsid sh "$0-server" </dev/null >/dev/null 2>&1 &)
    exec 4>worker.pipe
    exec 3>"$logs/$FAKE_STAMP.log"
    ln -sfn "$FAKE_STAMP.log" "$logs/console-latest.log"
    while IFS= read -r line; do
      case $line in
        "@wait "*)
          until [ -e "${line#@wait }" ]; do sleep 0.05; done
          continue
          ;;
      esac
      : >.parsed
      printf '%s\n' "$line" >&3
      case $line in
        "NOTE: recipe "*": Started" | "NOTE: recipe "*": Succeeded" | "NOTE: recipe "*": Failed")
          printf '%s\n' "${line#NOTE: recipe }" >&4
          ;;
      esac
    done <"$FAKE_PLAN"
    echo quit >&4
    exit 1
    ;;
  *bitbake-server)
    name Cooker
    echo "$$" >bitbake.lock
    sh "${0%-server}-worker" parser &
    sh "${0%-server}-worker" worker <worker.pipe &
    wait
    rm -f bitbake.lock worker.pipe
    ;;
  *bitbake-worker)
    case $1 in
      parser)
        name Parser-1
        until [ -e .parsed ]; do sleep 0.05; done
        ;;
      worker)
        name Worker
        mkdir -p .tasks
        # zlib-1.3-r0: task do_compile: Started
        while IFS= read -r line; do
          [ "$line" = quit ] && exit
          pf=${line%%: *} rest=${line#*: task }
          task=${rest%%: *}
          case $line in
            *": Started")
              setsid sh "$0" task "$pf" "$task" </dev/null &
              echo "$!" >".tasks/$pf.$task"
              ;;
            *)
              # All of the task's group, which is its own once it has begun.
              read -r pid <".tasks/$pf.$task" && { kill -KILL "-$pid" 2>/dev/null || kill "$pid"; }
              ;;
          esac
        done
        ;;
      task)
        version=${2%-*}
        recipe=${version%-*} version=${version##*-}
        name "$recipe:${3#do_}"
        temp=$PWD/tmp/work/core2-64/$recipe/$version/temp
        mkdir -p "$temp"
        exec >"$temp/log.$3.$$" 2>&1
        ln -sfn "log.$3.$$" "$temp/log.$3"
        printf '#!/bin/sh\nwhile :; do echo "at work"; sleep 0.2; done\n' >"$temp/run.$3.$$"
        chmod +x "$temp/run.$3.$$"
        # Before there is one: a task may end at once.
        trap 'kill $! 2>/dev/null; exit' TERM
        "$temp/run.$3.$$" &
        wait
        ;;
    esac
    ;;
esac
