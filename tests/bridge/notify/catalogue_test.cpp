// The messages' phrases against docs/glossary.md.
#include "bridge/notify/catalogue.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/text/template.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

bool is_chinese(const std::string& text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0xe3) return true;
    }
    return false;
}

std::string stem(std::string word) {
    for (const std::string_view ending : {"ing", "ed", "es", "s", "e"}) {
        if (word.size() > ending.size() + 2 && word.ends_with(ending)) {
            return word.substr(0, word.size() - ending.size());
        }
    }
    return word;
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return text;
}

std::string one_entry_a_line(std::string_view row) {
    std::string out;
    while (!row.empty()) {
        std::size_t separator = 0;
        for (const std::string_view known : {" · ", " | ", ", ", "; "}) {
            if (row.starts_with(known)) separator = known.size();
        }
        out.push_back(separator == 0 ? row.front() : '\n');
        row.remove_prefix(std::max<std::size_t>(separator, 1));
    }
    return out;
}

// English term → its Chinese words, of the glossary's table: "term 词 · term 词, term 词".
std::multimap<std::string, std::string> glossary() {
    std::ifstream file(std::string(TOCSIN_SOURCE_DIR) + "/docs/glossary.md");
    REQUIRE(file.good());
    std::multimap<std::string, std::string> terms;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("| ")) continue;
        std::istringstream entries(one_entry_a_line(line));
        for (std::string entry; std::getline(entries, entry);) {
            // "severity 告警级别: critical 严重" holds two; "of an alert: pending 待触发" a scope.
            std::istringstream words(entry);
            std::string term;
            for (std::string word; words >> word;) {
                if (word.back() == ':' || word == "|") {
                    const std::string before = word.substr(0, word.size() - 1);
                    if (is_chinese(word)) terms.emplace(lower(term), before);
                    term.clear();
                } else if (is_chinese(word)) {
                    terms.emplace(lower(term), word.substr(0, word.find('(')));
                    term.clear();
                } else {
                    if (!term.empty()) term += ' ';
                    term += word;
                }
            }
        }
    }
    return terms;
}

// The words of an English phrase outside its template actions.
std::vector<std::string> words_of(std::string_view text) {
    std::string plain;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "{{") inside = true;
        if (!inside) plain += text[i];
        if (text.substr(i, 2) == "}}") {
            inside = false;
            ++i;
            plain += ' ';
        }
    }
    std::vector<std::string> words;
    std::string word;
    plain += ' ';
    for (const char c : lower(plain)) {
        if (c >= 'a' && c <= 'z') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    return words;
}

}  // namespace

TEST_CASE("every phrase is there once, in both languages, and is a template") {
    std::set<std::string_view> ids;
    for (const Phrase& phrase : catalogue()) {
        INFO(phrase.id);
        CHECK(ids.insert(phrase.id).second);
        CHECK_FALSE(phrase.en.empty());
        CHECK_FALSE(phrase.zh.empty());
        CHECK(text::Template::parse(phrase.en));
        CHECK(text::Template::parse(phrase.zh));
    }
}

TEST_CASE("the glossary is read as it is meant") {
    const auto terms = glossary();
    const auto has = [&](const std::string& term, const std::string& word) {
        const auto [from, to] = terms.equal_range(term);
        return std::any_of(from, to, [&](const auto& entry) { return entry.second == word; });
    };
    CHECK(has("incident", "事件"));
    CHECK(has("acknowledge", "认领"));
    CHECK(has("acknowledged", "处理中"));
    CHECK(has("pending", "挂起"));
    CHECK(has("pending", "待触发"));
    CHECK(has("severity", "告警级别"));
    CHECK(has("critical", "严重"));
    CHECK(has("escalation policy", "升级策略"));
    CHECK(terms.size() > 90);
}

TEST_CASE("a Chinese phrase uses the glossary's word for every term that the English one uses") {
    std::map<std::string, std::set<std::string>> by_stem;
    for (const auto& [term, word] : glossary()) {
        if (term.find(' ') == std::string::npos) by_stem[stem(term)].insert(word);
    }
    int held = 0;
    for (const Phrase& phrase : catalogue()) {
        for (const std::string& word : words_of(phrase.en)) {
            const auto terms = by_stem.find(stem(word));
            if (terms == by_stem.end()) continue;
            INFO(phrase.id << ": " << word << " in \"" << phrase.zh << "\"");
            const auto& accepted = terms->second;
            CHECK(std::any_of(accepted.begin(), accepted.end(), [&](const std::string& chinese) {
                return phrase.zh.find(chinese) != std::string_view::npos;
            }));
            ++held;
        }
    }
    CHECK(held > 40);
}

TEST_CASE("确认 never stands for acknowledge, and other words that mislead are not used") {
    for (const Phrase& phrase : catalogue()) {
        INFO(phrase.id << " " << phrase.zh);
        const bool users_own = phrase.id == "timeline.confirmed" || phrase.id == "state.resolved";
        if (!users_own) CHECK(phrase.zh.find("确认") == std::string_view::npos);
        for (const char* wrong : {"工单", "故障单", "报警", "已确认收到", "受理"}) {
            CHECK(phrase.zh.find(wrong) == std::string_view::npos);
        }
    }
}
