def _proctor():
    import os
    import sys
    import _pyrepl.simple_interact as interact

    read = interact.multiline_input
    number = {seed}
    try:
        import termios

        modes = termios.tcgetattr(0)
    except Exception:
        modes = None

    def mark(kind):
        for stream in sys.stdout, sys.stderr:
            try:
                stream.flush()
            except Exception:
                pass
        os.write(1, b"{%s:%d}" % (kind, number))

    def line(more_lines, ps1, ps2, *rest, **named):
        nonlocal number

        def more(text):
            unfinished = more_lines(text)
            if unfinished:
                mark(b"m")
            return unfinished

        mark(b"e")
        # Before the line editor looks at them: a program may have changed them.
        if modes:
            termios.tcsetattr(0, termios.TCSANOW, modes)
        number = (number * {factor} + {term} + 2**63) % 2**64 - 2**63
        statement = read(more, "{p:%d}" % number, "{c:%d}" % number, *rest, **named)
        mark(b"s")
        return statement

    interact.multiline_input = line


_proctor()
del _proctor
