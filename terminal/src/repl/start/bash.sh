# No "export": a shell that a command starts must not count on.
PROCTOR_N={seed}
PS0='{s:$PROCTOR_N}'
PS1='{p:$((PROCTOR_N=PROCTOR_N*{factor}+{term})):$?}'
PS2='{c:$PROCTOR_N}'
unset HISTFILE
set +o history
