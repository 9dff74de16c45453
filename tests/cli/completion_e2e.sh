#!/usr/bin/env bash
# Completes as bash does, with the script that the command prints: completion_e2e.sh TOCSIN
set -uo pipefail # compgen without a match is 1, and no failure
source <("$1" completion bash)
expect() { # words so far …, the current one last = what must be offered
    local want=$1
    shift
    COMP_WORDS=(tocsin "$@") COMP_CWORD=$#
    _tocsin
    case " ${COMPREPLY[*]} " in
        *" $want "*) ;;
        *) echo "after 'tocsin $*' expected $want, got: ${COMPREPLY[*]}"; exit 1 ;;
    esac
}
expect incidents in
expect resolve incidents re
expect --state incidents list --s
expect check rules ch
expect --range query up --r
cd "$(mktemp -d)" || exit 1
touch host.yml
expect host.yml rules check ho
