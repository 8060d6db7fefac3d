# Removes the record of a wrapped command that has ended: sh -c THIS smidr-exec TOKEN
rm -f "/tmp/.smidr-exec-$1"
