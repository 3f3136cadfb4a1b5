unset ENV
PROCTOR_N={seed}
PS1='{p:$((PROCTOR_N=PROCTOR_N*{factor}+{term})):$?}'
PS2='{c:$PROCTOR_N}'
