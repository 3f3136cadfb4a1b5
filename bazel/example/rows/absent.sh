#!/bin/sh
# Not a server.
exit 7
