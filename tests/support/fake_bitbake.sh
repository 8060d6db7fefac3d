#!/bin/sh
# Stands in for BitBake where none can be had: names its processes alike, writes the same files, and prints what a plan
# says. Installed as bitbake, bitbake-server and bitbake-worker; the build directory is the working directory.
#
# $FAKE_PLAN: the console log, line by line; "@wait FILE" waits for a file.
# $FAKE_STAMP: the name of the console log. Tasks run from their line "Started" to their line "Succeeded" or "Failed".
#
# INT to the client: no new task begins, and it ends when those that run have finished, which is when the file
# /tmp/finish is there. INT again: tasks are stopped. TERM to the server: it stops the tasks, and all ends cleanly.
# $FAKE_STUBBORN: "all" heeds no signal that can be ignored; "client" heeds no INT; "idle" has a server that stays.
# Stops every task, and waits for it.
stop_all() {
  for file in .tasks/*; do
    [ -e "$file" ] || continue
    while kill "$(cat "$file")"; do sleep 0.05; done
    rm -f "$file"
  done
}

name() { printf '%s' "$1" >"/proc/$$/comm"; }

case $0 in
  *bitbake)
    logs=$PWD/tmp/log/cooker/qemux86-64
    interrupts=0
    trap 'interrupts=$((interrupts + 1))' INT
    case $FAKE_STUBBORN in
      all) trap '' INT TERM ;;
      client) trap '' INT ;;
    esac
    name KnottyUI
    mkdir -p "$logs"
    rm -f .parsed .ended worker.pipe
    mkfifo worker.pipe
    (setsid sh "$0-server" </dev/null >/dev/null 2>&1 &)
    exec 4>worker.pipe
    exec 3>"$logs/$FAKE_STAMP.log"
    ln -sfn "$FAKE_STAMP.log" "$logs/console-latest.log"
    # Whether to go on: neither interrupted, nor is the server gone.
    goes_on() { [ "$interrupts" = 0 ] && ! [ -e .ended ]; }
    while goes_on && IFS= read -r line <&5; do
      case $line in
        "@wait "*)
          until [ -e "${line#@wait }" ] || ! goes_on; do sleep 0.05; done
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
    done 5<"$FAKE_PLAN"
    if [ "$interrupts" != 0 ]; then
      until [ -e /tmp/finish ] || [ "$interrupts" -ge 2 ]; do sleep 0.05; done
      echo 'stop all' >&4
    fi
    [ -e .ended ] || echo quit >&4
    exit 1
    ;;
  *bitbake-server)
    ended() {
      kill -TERM "$worker"
      stop_all
      : >.ended
      rm -f bitbake.lock bitbake.sock worker.pipe
      exit 0
    }
    trap ended TERM
    [ "$FAKE_STUBBORN" = all ] && trap '' TERM
    name Cooker
    echo "$$" >bitbake.lock
    # It goes on when its client is gone.
    exec 4<>worker.pipe
    : >bitbake.sock
    sh "${0%-server}-worker" parser &
    sh "${0%-server}-worker" worker <worker.pipe &
    worker=$!
    wait
    # One that is to stay, in memory, until it is ended.
    while [ "$FAKE_STUBBORN" = idle ]; do sleep 0.1; done
    rm -f bitbake.lock bitbake.sock worker.pipe
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
        rm -f .tasks/*
        # No trap of its own: a task that is forked just now would lose a signal to it.
        [ "$FAKE_STUBBORN" = all ] && trap '' TERM
        # zlib-1.3-r0: task do_compile: Started
        while IFS= read -r line; do
          case $line in
            quit) exit ;;
            'stop all') stop_all ;;
          esac
          pf=${line%%: *} rest=${line#*: task }
          task=${rest%%: *}
          case $line in
            *": Started")
              setsid sh "$0" task "$pf" "$task" </dev/null &
              echo "$!" >".tasks/$pf.$task"
              ;;
            *": Succeeded" | *": Failed")
              # All of the task's group, which is its own once it has begun.
              read -r pid <".tasks/$pf.$task" && { kill -KILL "-$pid" 2>/dev/null || kill "$pid"; }
              rm -f ".tasks/$pf.$task"
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
        [ "$FAKE_STUBBORN" = all ] && trap '' TERM
        "$temp/run.$3.$$" &
        wait
        ;;
    esac
    ;;
esac
