# Runs a command so that it can be found again: sh -c THIS smidr-exec TOKEN COMMAND ARG...
# noclobber opens the record exclusively, so that nobody else's file or link is followed. Without a writable /tmp
# there is no record, and the marker has to do.
set -C
{ echo $$ >"/tmp/.smidr-exec-$1"; } 2>/dev/null
set +C
SMIDR_EXEC=$1
export SMIDR_EXEC
shift
exec "$@"
