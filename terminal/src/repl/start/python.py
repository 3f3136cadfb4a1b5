def _proctor():
    import sys

    try:
        import termios

        modes = termios.tcgetattr(0)
    except Exception:
        modes = None

    class Prompt:
        number = {seed}

        def __init__(self, kind):
            self.kind = kind

        def __str__(self):
            # Nobody but the interpreter itself asks for a prompt: a program that prints it must
            # not seem to have ended.
            try:
                caller = sys._getframe(1).f_globals.get("__name__", "")
            except ValueError:
                caller = "_pyrepl"
            if not str(caller).startswith("_pyrepl"):
                return ">>> "
            # Before the line editor looks at them: a program may have changed them.
            if modes:
                termios.tcsetattr(0, termios.TCSANOW, modes)
            if self.kind == "p":
                number = Prompt.number * {factor} + {term}
                Prompt.number = (number + 2**63) % 2**64 - 2**63
            return "{%s:%d}" % (self.kind, Prompt.number)

    sys.ps1, sys.ps2 = Prompt("p"), Prompt("c")


_proctor()
del _proctor
