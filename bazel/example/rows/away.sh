#!/bin/sh
# Nothing of the folder $AWAY is to be seen where tests run.
test -n "$AWAY" && test -z "$(ls -A "$AWAY" 2>/dev/null)"
