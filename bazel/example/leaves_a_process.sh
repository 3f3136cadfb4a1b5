#!/bin/sh
# A test whose daemon goes on: it holds none of the test's streams, so no runner waits for it.
sleep 60 </dev/null >/dev/null 2>&1 &
