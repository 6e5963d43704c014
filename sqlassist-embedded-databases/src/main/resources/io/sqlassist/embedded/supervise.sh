# Runs a database server as a child and outlives it; the JVM holds the other end of standard input.
#
#   sh -c "$(cat supervise.sh)" supervise PID_FILE DOOMED_DIRECTORY STOP_SIGNAL END_SIGNAL COMMAND...
#
# A line on standard input: stop the server with STOP_SIGNAL, keep its directory.
# End of standard input (the JVM closed it, or is gone, in whatever way): stop the server with
# END_SIGNAL and delete DOOMED_DIRECTORY unless that is empty.
# A line "supervised-pid N" on standard output, and PID_FILE, name the process of the server.
# PID_FILE stays when the server ends: the next one may have written it by then.
pid_file=$1
doomed=$2
stop_signal=$3
end_signal=$4
shift 4

exec 3<&0 </dev/null
# A handler, not "ignore": the server would inherit that.
trap : INT TERM HUP

"$@" 3<&- &
server=$!
echo "$server" >"$pid_file"
echo "supervised-pid $server"
exec >/dev/null 2>&1

(
  if read -r _ <&3; then
    kill -s "$stop_signal" "$server"
    exit 0
  fi
  kill -s "$end_signal" "$server"
  exit 1
) &
watcher=$!

wait "$server"
while kill -0 "$server"; do
  wait "$server" # a signal to this shell ended the first wait
done

# Had the watcher its order? If not, the server ended by itself: wait for the order here.
kill -s KILL "$watcher"
wait "$watcher"
case $? in
  0) exit 0 ;;
  1) ;;
  *) if read -r _ <&3; then exit 0; fi ;;
esac
if [ -n "$doomed" ]; then
  rm -rf "$doomed"
fi
