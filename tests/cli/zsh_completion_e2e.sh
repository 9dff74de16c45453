#!/usr/bin/env bash
# Completes in a real interactive zsh, with the script that the command prints and Tab pressed:
# zsh_completion_e2e.sh TOCSIN
set -euo pipefail
command -v zsh >/dev/null || { echo "SKIP: zsh is not installed (script/install test)"; exit 77; }
exec zsh -f -s "$1" <<'ZSH'
zmodload zsh/zpty
zpty -b shell zsh -f -i
# Everything the shell prints until the pattern has come; what there was when it never comes.
expect() {
    local pattern=$1 seen= piece= end=$((SECONDS + 30))
    while ((SECONDS < end)); do
        if zpty -r -t shell piece; then seen+=$piece; else zselect -t 2; fi
        [[ $seen == ${~pattern} ]] && { reply=$seen; return 0 }
    done
    print "expected $pattern, the shell said: ${(V)seen}"
    exit 1
}
zmodload zsh/zselect
zpty -w shell "PS1='ready> '; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D"
zpty -w shell "source <($1 completion zsh); print lo''aded"
expect '*loaded*'
zpty -w -n shell $'tocsin incidents reso\t'
expect '*incidents resolve*'
[[ $reply == *unrecognized* || $reply == *error* ]] && { print "an error: ${(V)reply}"; exit 1 }
zpty -d shell
print passed
ZSH
