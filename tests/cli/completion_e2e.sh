#!/usr/bin/env bash
# Completes as bash does, with the script that the command prints: completion_e2e.sh TOCSIN
set -uo pipefail # compgen without a match is 1, and no failure
source <("$1" completion bash)
complete_words() { # words so far …, the current one last
    COMP_WORDS=(tocsin "$@") COMP_CWORD=$#
    _tocsin
}
expect() { # what must be offered, after words so far …
    local want=$1
    shift
    complete_words "$@"
    case " ${COMPREPLY[*]} " in
        *" $want "*) ;;
        *) echo "after 'tocsin $*' expected $want, got: ${COMPREPLY[*]}"; exit 1 ;;
    esac
}
expect_only() { # all that may be offered, after words so far …
    local want=$1
    shift
    complete_words "$@"
    [ "${COMPREPLY[*]}" = "$want" ] && return
    echo "after 'tocsin $*' expected only '$want', got: ${COMPREPLY[*]}"
    exit 1
}
expect incidents in
expect resolve incidents re
expect --state incidents list --s
expect check rules ch
expect --range query up --r

# What an option takes.
expect_only "table json" --output ""
expect_only "table json" incidents list --output ""
expect_only "json" --output = j
expect_only "table json" --output =
expect_only "open resolved closed all" incidents list --state ""
expect_only "dead delivered dropped" messages list --state d
expect_only "open done all" reviews list --state ""
expect_only "P1 P2 P3 P4" incidents priority INC-2026-000001 --to ""
expect_only "low medium high" report "It is slow" --impact ""
expect_only "en zh-CN" incidents why-not --labels host=a --lang ""
expect_only "" incidents assign INC-2026-000001 --to ""
expect_only "" --bridge ""

# What stands without an option.
expect_only "bash zsh" completion ""
expect_only "acknowledge assign" incidents bulk a
expect_only "acknowledge assign" incidents --as incidents bulk --text resolve a

# The options of the commands before it.
expect --output incidents list --o
expect --token-file silences add host=a --to
expect --team oncall next --t
expect_only "--state" incidents list --output json --st
expect --limit incidents list ""

cd "$(mktemp -d)" || exit 1
touch host.yml "two words.yml"
expect host.yml rules check ho
expect host.yml check ""
expect_only host.yml --token-file h
expect_only host.yml incidents list --token-file = h
expect_only host.yml incidents simulate --config h
expect_only host.yml incidents simulate --config host.yml h
expect_only host.yml articles add "A title" --file h
complete_words rules check two
[ "${#COMPREPLY[@]}" = 1 ] && [ "${COMPREPLY[0]}" = "two words.yml" ] || {
    echo "a name with a blank is one, got ${#COMPREPLY[@]}: ${COMPREPLY[*]}"
    exit 1
}
