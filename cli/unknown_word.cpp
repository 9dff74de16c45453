#include "cli/unknown_word.h"

#include <CLI/CLI.hpp>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"

namespace tocsin::cli {

namespace {

std::vector<std::string_view> words_of(const CLI::App& app) {
    std::vector<std::string_view> out;
    for (const CLI::App* command : app.get_subcommands(nullptr)) out.push_back(command->get_name());
    return out;
}

std::string joined(const std::vector<std::string_view>& words) {
    std::string out;
    for (const std::string_view word : words) out.append(out.empty() ? "" : ", ").append(word);
    return out;
}

}  // namespace

std::optional<std::string> unknown_word(const CLI::App& app) {
    const CLI::App* last = &app;
    std::string before;  // the commands that are known
    while (!last->get_subcommands().empty()) {
        last = last->get_subcommands().front();
        before += last->get_name() + " ";
    }
    const std::vector<std::string> left = app.remaining(true);
    const std::vector<std::string_view> words = words_of(*last);
    if (words.empty() || left.empty() || left.front().starts_with('-')) return std::nullopt;
    const std::string& word = left.front();
    std::string out = "there is no command \"" + before + word + "\"";
    const std::string_view near = nearest(word, words);
    if (!near.empty()) return out + "; did you mean \"" + before + std::string(near) + "\"?";
    return out + "; it is one of " + joined(words);
}

}  // namespace tocsin::cli
