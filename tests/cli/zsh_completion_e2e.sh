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
# Tab after these words, the pattern that must come, and the line given up.
completes() {
    zpty -w -n shell "$1"$'\t'
    expect $2
    [[ $reply == *unrecognized* || $reply == *error* || $reply == *"not found"* ]] && {
        print "an error: ${(V)reply}"
        exit 1
    }
    zpty -w -n shell $'\C-u'
}
completes 'tocsin incidents reso' '*incidents resolve*'
completes 'tocsin incidents list --output js' '*--output json*'
completes 'tocsin incidents list --state cl' '*--state closed*'
completes 'tocsin completion ba' '*completion bash*'
completes 'tocsin incidents list --tok' '*list --token-file*'
completes 'tocsin --as incidents rules che' '*rules check*'
zpty -w shell 'cd $(mktemp -d) && touch host.yml && print mo""ved'
expect '*moved*'
completes 'tocsin rules check ho' '*check host.yml*'
completes 'tocsin --token-file ho' '*--token-file host.yml*'
zpty -d shell
print passed
ZSH
