# Finds the processes of one wrapped command, signals them, prints "PID NAME" for each: sh -c THIS smidr-exec TOKEN SIGNAL
# An empty SIGNAL only prints. KILL is repeated until none is found, at most ten times. Needs tr and grep.
token=$1
signal=$2
for tool in tr grep; do
    command -v "$tool" >/dev/null 2>&1 || { echo "smidr-exec: there is no $tool in this container" >&2; exit 125; }
done
[ -r /proc/self/stat ] || { echo "smidr-exec: /proc cannot be read" >&2; exit 125; }

marked() {
    { tr '\0' '\n' <"/proc/$1/environ" | grep -qxF "SMIDR_EXEC=$token"; } 2>/dev/null
}
leader=
{ read -r leader <"/tmp/.smidr-exec-$token"; } 2>/dev/null
case $leader in *[!0-9]* | '' | 0 | 1) leader=none ;; esac
# Another process has this pid by now.
if [ -d "/proc/$leader" ] && ! marked "$leader"; then leader=none; fi

find_tree() {
    found=' '
    all=
    for dir in /proc/[0-9]*; do
        pid=${dir#/proc/}
        line=
        { IFS= read -r line <"$dir/stat"; } 2>/dev/null
        set -f
        # After the name, which may hold anything: state, parent, group, session.
        set -- ${line##*) }
        set +f
        case $1 in Z | X | '') continue ;; esac
        case ${2:-x} in *[!0-9]*) continue ;; esac
        if [ "$pid" = 1 ] || [ "$pid" = $$ ]; then continue; fi
        all="$all $pid:$2"
        case $leader in
        "$pid" | "$3" | "$4") found="$found$pid " ;;
        *) if marked "$pid"; then found="$found$pid "; fi ;;
        esac
    done
    grown=1
    while [ $grown = 1 ]; do
        grown=0
        for entry in $all; do
            case $found in
            *" ${entry%:*} "*) ;;
            *" ${entry#*:} "*) found="$found${entry%:*} "; grown=1 ;;
            esac
        done
    done
}

printed=' '
rounds=1
if [ "$signal" = KILL ]; then rounds=10; fi
while [ $rounds -gt 0 ]; do
    rounds=$((rounds - 1))
    find_tree
    if [ "$found" = ' ' ]; then break; fi
    for pid in $found; do
        case $printed in
        *" $pid "*) ;;
        *)
            printed="$printed$pid "
            name=
            { IFS= read -r name <"/proc/$pid/comm"; } 2>/dev/null
            echo "$pid $name"
            ;;
        esac
        if [ -n "$signal" ]; then kill "-$signal" "$pid" 2>/dev/null; fi
    done
done
exit 0
