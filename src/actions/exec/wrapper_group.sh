# Signals the process group of one wrapped command: sh -c THIS smidr-exec TOKEN SIGNAL
# Exit code 1: there is no record of it, no such group any more, or another process has its pid by now.
leader=
{ read -r leader <"/tmp/.smidr-exec-$1"; } 2>/dev/null
case $leader in *[!0-9]* | '' | 0 | 1) exit 1 ;; esac
if [ -d "/proc/$leader" ]; then
    { tr '\0' '\n' <"/proc/$leader/environ" | grep -qxF "SMIDR_EXEC=$1"; } 2>/dev/null || exit 1
fi
# No "--" before the group: busybox refuses it.
kill "-$2" "-$leader" 2>/dev/null || exit 1
