#include "cli/completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::cli {

namespace {

using Words = std::vector<std::string>;

// What an option or a positional takes, as its description in the help says: TEXT:{table,json},
// FILE.
struct Value {
    Words words;
    bool is_file = false;
};

Value value_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const bool positional = option.get_positional();
    Value value;
    value.is_file = type == "FILE" || (positional && option.get_name(true) == "FILE");
    const std::size_t open = type.find('{');
    const std::size_t close = type.find('}', open);
    if (close == std::string::npos) return value;
    std::string_view list = std::string_view(type).substr(open + 1, close - open - 1);
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        value.words.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return value;
}

// What can stand after a path of subcommands.
struct Place {
    std::string path;  // "incidents list"; "" at the start
    Words words;       // subcommands, and what its positionals can be
    Words flags;       // its options, and those of the commands before it
    bool takes_files = false;
};

struct TakingOption {
    std::string pattern;  // of the shell, for "<path> --option"
    Value value;
};

struct Description {
    std::vector<Place> places;
    std::vector<TakingOption>
        options;  // of subcommands before those of the commands they belong to
};

void append(Words& to, const Words& from) {
    for (const auto& word : from) {
        if (std::find(to.begin(), to.end(), word) == to.end()) to.push_back(word);
    }
}

std::string pattern_of(const CLI::App& app, const std::string& path, const std::string& flag) {
    if (path.empty()) return "*' " + flag + "'";
    const std::string own = "'" + path + " " + flag + "'";
    const bool group = !app.get_subcommands(nullptr).empty();
    return group ? own + " | '" + path + " '*' " + flag + "'" : own;
}

void describe(const CLI::App& app, const std::string& path, const Words& inherited,
              Description& out) {
    Place place;
    place.path = path;
    std::vector<TakingOption> options;
    for (const auto* option : app.get_options()) {
        const Value value = value_of(*option);
        if (option->get_positional()) {
            append(place.words, value.words);
            place.takes_files = place.takes_files || value.is_file;
        }
        for (const auto& name : option->get_lnames()) {
            place.flags.push_back("--" + name);
            if (option->get_items_expected_max() == 0) continue;
            options.push_back({pattern_of(app, path, "--" + name), value});
        }
    }
    append(place.flags, inherited);
    for (const auto* sub : app.get_subcommands(nullptr)) {
        append(place.words, {sub->get_name()});
        describe(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), place.flags,
                 out);
    }
    out.options.insert(out.options.end(), options.begin(), options.end());
    out.places.push_back(std::move(place));
}

std::string joined(const Words& words, std::string_view between) {
    std::string text;
    for (const auto& word : words) text.append(text.empty() ? "" : between).append(word);
    return text;
}

std::string assigned(const Words& words, bool files) {
    std::string out;
    if (!words.empty()) out += " values='" + joined(words, " ") + "'";
    if (files) out += " files=1";
    return out;
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
    Description all;
    describe(app, "", {}, all);
    std::string out =
        "# bash completion for tocsin; load with: source <(tocsin completion bash)\n"
        "# What an option's value can be, after a path of subcommands; fails for what takes none.\n"
        "_tocsin_value() {\n"
        "    values= files=\n"
        "    case \"$1 $2\" in\n";
    for (const auto& option : all.options) {
        out += "        " + option.pattern + ")" +
               assigned(option.value.words, option.value.is_file) + " ;;\n";
    }
    // A path is the words that are commands; others (a key, a file) and options do not end it.
    out +=
        "        *) return 1 ;;\n"
        "    esac\n"
        "}\n"
        "_tocsin() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} place= option= word values= files= flags=\n"
        "    for word in \"${COMP_WORDS[@]:1:$((COMP_CWORD-1))}\"; do\n"
        "        [ \"$word\" = \"=\" ] && continue # bash takes --output=json apart\n"
        "        if [ -n \"$option\" ]; then option=; continue; fi\n"
        "        if _tocsin_value \"$place\" \"$word\"; then option=$word; continue; fi\n"
        "        case \"$place${place:+ }$word\" in\n";
    Words paths;
    for (const auto& place : all.places) {
        if (!place.path.empty()) paths.push_back("'" + place.path + "'");
    }
    out += "            " + joined(paths, " | \\\n            ") +
           ") place=$place${place:+ }$word ;;\n"
           "        esac\n"
           "    done\n"
           "    [ \"$current\" = \"=\" ] && current=\n"
           "    if [ -n \"$option\" ]; then\n"
           "        _tocsin_value \"$place\" \"$option\"\n"
           "    else\n"
           "        values= files=\n"
           "        case \"$place\" in\n";
    for (const auto& place : all.places) {
        out += "            '" + place.path + "') flags='" + joined(place.flags, " ") + "'" +
               assigned(place.words, place.takes_files) + " ;;\n";
    }
    out +=
        "        esac\n"
        "        case \"$current\" in -*) values= files= ;; esac\n"
        "        [ -n \"$values$files\" ] || values=$flags\n"
        "    fi\n"
        "    COMPREPLY=($(compgen -W \"$values\" -- \"$current\"))\n"
        "    if [ -n \"$files\" ]; then\n"
        "        compopt -o filenames 2>/dev/null # zsh has none\n"
        "        while IFS= read -r word; do COMPREPLY+=(\"$word\"); done "
        "< <(compgen -f -- \"$current\")\n"
        "    fi\n"
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
