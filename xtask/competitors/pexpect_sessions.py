"""First commands through pexpect's replwrap: pexpect_sessions.py KIND PROGRAM SESSIONS."""

import os
import statistics
import sys
import time

kind, program, sessions = sys.argv[1], sys.argv[2], int(sys.argv[3])
COMMAND = {
    "python": "print('first', 6 * %d, 'é', '\\n', end='.\\n')",
    "bash": "printf 'first %%d é \\n.\\n' $((6 * %d))",
    "node": "console.log('first', 6 * %d, 'é', '\\n.')",
}[kind]


def start():
    # begin user
    from pexpect import replwrap
    if kind == "python":
        repl = replwrap.python(program)
    elif kind == "bash":
        repl = replwrap.bash()
    else:
        repl = replwrap.REPLWrapper("node", "> ", None)
    # end user
    return repl


def ask(repl, number):
    try:
        shown = repl.run_command(COMMAND % number, timeout=20)
    except Exception as error:  # Whatever it is, there is no answer.
        return "lost", repr(error)[:200]
    expected = "first %d é \n.\n" % (6 * number)
    if kind == "node":
        expected += "undefined\n"
    # The one translation that a terminal makes.
    return ("exact" if shown.replace("\r\n", "\n") == expected else "garbled"), shown


counts, times, example = {"exact": 0, "garbled": 0, "lost": 0}, [], None
for number in range(sessions):
    since = time.monotonic()
    try:
        repl = start()
    except Exception as error:
        counts["lost"] += 1
        example = example or repr(error)[:200]
        continue
    times.append((time.monotonic() - since) * 1e3)
    outcome, shown = ask(repl, number)
    counts[outcome] += 1
    if outcome != "exact":
        example = example or shown
    repl.child.close(force=True)
ready = "ready %.1f ms" % statistics.median(times) if times else "never ready"
print("  pexpect %5d sessions: %5d exact, %d garbled, %d lost; %s" % (
    sessions, counts["exact"], counts["garbled"], counts["lost"], ready))
if example:
    print("    for example %r" % example[:160])
