#include "cli/completion.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tocsin::cli {

namespace {

// What can stand after a path of subcommands: the names of its subcommands and its options.
struct Place {
    std::string path;  // "incidents list"; "" at the start
    std::vector<std::string> words;
    bool takes_files = false;
};

void collect(const CLI::App& app, const std::string& path, std::vector<Place>& places) {
    Place place{path, {}, false};
    for (const auto* sub : app.get_subcommands(nullptr)) place.words.push_back(sub->get_name());
    for (const auto* option : app.get_options()) {
        for (const auto& name : option->get_lnames()) place.words.push_back("--" + name);
        if (option->get_positional() && option->get_name(true) == "FILE") place.takes_files = true;
    }
    places.push_back(place);
    for (const auto* sub : app.get_subcommands(nullptr)) {
        collect(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), places);
    }
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
    std::vector<Place> places;
    collect(app, "", places);
    // The path is the words so far that are no options; unknown ones (a key, a file) end it.
    std::string out =
        "# bash completion for tocsin; load with: source <(tocsin completion bash)\n"
        "_tocsin() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} path= word words= files=\n"
        "    for word in \"${COMP_WORDS[@]:1:$((COMP_CWORD-1))}\"; do\n"
        "        case \"$word\" in -*) continue ;; esac\n"
        "        case \"$path${path:+ }$word\" in\n";
    for (const auto& place : places) {
        if (!place.path.empty())
            out += "            '" + place.path + "') path='" + place.path + "' ;;\n";
    }
    out +=
        "        esac\n"
        "    done\n"
        "    case \"$path\" in\n";
    for (const auto& place : places) {
        out += "        '" + place.path + "') words='" + joined(place.words) + "'" +
               (place.takes_files ? " files=1" : "") + " ;;\n";
    }
    out +=
        "    esac\n"
        "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
        "    [ -n \"$files\" ] && COMPREPLY+=($(compgen -f -- \"$current\"))\n"
        "    return 0\n"
        "}\n"
        "complete -F _tocsin tocsin\n";
    return out;
}

std::string zsh_completion(const CLI::App& app) {
    // zsh runs bash's completion functions as they are.
    return "#compdef tocsin\n# zsh completion for tocsin; load with: source <(tocsin completion "
           "zsh)\n"
           "autoload -Uz bashcompinit && bashcompinit\n" +
           bash_completion(app);
}

}  // namespace tocsin::cli
