// The messages' phrases against docs/glossary.md.
#include "bridge/notify/catalogue.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "base/text/template.h"
#include "bridge/notify/say.h"

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

// The messages' phrases, those of chains of reasons, and of refusals.
std::vector<Phrase> all_phrases() {
    std::vector<Phrase> out(catalogue().begin(), catalogue().end());
    for (const auto& more : {timeline_catalogue(), record_catalogue(), why_catalogue(),
                             reason_catalogue(), reason_words(), error_catalogue()}) {
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
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

// The sentences that a source refuses something with: literals, which may be of several parts.
std::set<std::string> reasons_in(const std::filesystem::path& source) {
    std::ifstream file(source);
    std::stringstream read;
    read << file.rdbuf();
    const std::string text = read.str();
    static const std::regex said(
        R"re((?:because\(|invalid\(|conflict\(|refuse\(k\w+,|return)\s*((?:"(?:[^"\\]|\\.)*"\s*)+))re");
    static const std::regex part(R"re("((?:[^"\\]|\\.)*)")re");
    std::set<std::string> out;
    for (std::sregex_iterator at(text.begin(), text.end(), said), end; at != end; ++at) {
        const std::string literal = (*at)[1];
        std::string sentence;
        for (std::sregex_iterator p(literal.begin(), literal.end(), part); p != end; ++p) {
            sentence += (*p)[1];
        }
        sentence = std::regex_replace(sentence, std::regex(R"(\\")"), "\"");
        const bool whole = !sentence.ends_with(' ') && sentence.find(' ') != std::string::npos;
        if (whole) out.insert(sentence);
    }
    return out;
}

// The text of all string literals of a source, those that follow one another as one; one a line.
std::string literals_of(const std::filesystem::path& source) {
    std::ifstream file(source);
    std::stringstream read;
    read << file.rdbuf();
    static const std::regex between(R"re("\s*\n\s*")re");
    static const std::regex literal(R"re("((?:[^"\\]|\\.)*)")re");
    const std::string text = std::regex_replace(read.str(), between, "");
    std::string out;
    for (std::sregex_iterator at(text.begin(), text.end(), literal), end; at != end; ++at) {
        out += std::regex_replace((*at)[1].str(), std::regex(R"(\\")"), "\"") + "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("every phrase is there once, in both languages, and is a template") {
    std::set<std::string_view> ids;
    for (const Phrase& phrase : all_phrases()) {
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
    for (const Phrase& phrase : all_phrases()) {
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
    for (const Phrase& phrase : all_phrases()) {
        INFO(phrase.id << " " << phrase.zh);
        const bool users_own = phrase.id == "timeline.confirmed" || phrase.id == "state.resolved" ||
                               phrase.id.ends_with(".ask_confirm") ||
                               phrase.id.ends_with(".confirm") ||
                               phrase.id.starts_with("who reported it can confirm");
        if (!users_own) CHECK(phrase.zh.find("确认") == std::string_view::npos);
        for (const char* wrong : {"工单", "故障单", "报警", "已确认收到", "受理"}) {
            CHECK(phrase.zh.find(wrong) == std::string_view::npos);
        }
    }
}

TEST_CASE("every reason of a refusal has its Chinese, and no Chinese is of a reason gone by") {
    const std::filesystem::path root = std::string(TOCSIN_SOURCE_DIR) + "/bridge";
    std::set<std::string> said;
    for (const char* folder : {"incident", "knowledge"}) {
        for (const auto& file : std::filesystem::directory_iterator(root / folder)) {
            if (file.path().extension() == ".cpp") said.merge(reasons_in(file.path()));
        }
    }
    for (const char* file : {"ingest/records.cpp", "ingest/batch_silence.cpp", "api/router.cpp"}) {
        said.merge(reasons_in(root / file));
    }
    std::set<std::string> known;
    for (const Phrase& row : reason_catalogue()) known.emplace(row.id);
    CHECK(said.size() > 50);
    std::vector<std::string> differs;
    std::set_symmetric_difference(said.begin(), said.end(), known.begin(), known.end(),
                                  std::back_inserter(differs));
    for (const std::string& sentence : differs) FAIL_CHECK(sentence);
}

TEST_CASE("a reason is said in the reader's language, the words in it too") {
    const Reason late = because("{} is not possible while the incident is {}; possible: {}",
                                {{"pend", "move"}, {"resolved", "state"}, {"close, note", "move"}});
    CHECK(reason_text(late, "en") ==
          "pend is not possible while the incident is resolved; possible: close, note");
    CHECK(reason_text(late, "zh-CN") == "无法挂起：该事件已解决(待确认)；目前可以：关闭、备注");
    CHECK(reason_text(because("\"{}\" is none of the configured causes: {}",
                              {{"gremlins"}, {"hardware, power", "cause"}}),
                      "zh-CN") == "“gremlins”不在已配置的原因分类中：硬件、power");
    CHECK(reason_text(because("{}", {{"of somebody else's"}}), "zh-CN") == "of somebody else's");
}

TEST_CASE("every error that has Chinese words is one that is said") {
    const std::filesystem::path root(TOCSIN_SOURCE_DIR);
    std::string literals;
    for (const char* folder :
         {"bridge/api", "bridge/ingest", "bridge/store", "bridge/silence", "base/net"}) {
        for (const auto& file : std::filesystem::directory_iterator(root / folder)) {
            if (file.path().extension() == ".cpp") literals += literals_of(file.path());
        }
    }
    // Said with what stands in a variable.
    for (const char* kind : {"problem", "review", "article", "override"}) {
        literals += std::string("there is no ") + kind + "\n";
    }
    for (const Phrase& row : error_catalogue()) {
        std::string_view rest = row.id;
        while (!rest.empty()) {
            const std::size_t place = rest.find("{}");
            const std::string_view part = trim(rest.substr(0, place));
            INFO(row.id << ": \"" << part << "\"");
            CHECK(literals.find(part) != std::string::npos);
            rest = place == std::string_view::npos ? "" : rest.substr(place + 2);
        }
    }
}

TEST_CASE("an error is said in the reader's language, and what stands in it as well") {
    struct Case {
        const char* said;
        const char* zh;
    };
    for (const Case& c :
         {Case{"this token is not known here", "此处没有这个令牌"},
          Case{"send a bearer token: \"Authorization: Bearer …\"",
               "请提供令牌：“Authorization: Bearer …”"},
          Case{"send a bearer token: \"Authorization: Bearer …\"; without one only this machine's "
               "own callers are let in, who ask for localhost, a loopback address or the host of "
               "listen or url: a proxy passed it on",
               "请提供令牌：“Authorization: Bearer …”；不带令牌时，只允许本机的调用者以 "
               "localhost、回环地址或 listen、url 的主机名访问：请求经代理转发"},
          Case{"there is no incident INC-2026-000009", "没有事件 INC-2026-000009"},
          Case{"there is no problem PRB-2026-000001", "没有问题 PRB-2026-000001"},
          Case{"a reporter reads what they reported themselves", "申报人只能查看自己申报的事件"},
          Case{"field \"to\": must lie ahead", "字段“to”：须在将来"},
          Case{"there is no PRB-2026-000001", "没有 PRB-2026-000001"},
          Case{"parameter state: \"x\" is none of open, resolved, closed, all",
               "参数 state：“x”不在以下各项中：open, resolved, closed, all"},
          Case{"parameter limit: must be a number from 1 to 1000",
               "参数 limit：须为 1 到 1000 的数字"},
          Case{"field \"until\": must be an RFC 3339 time: odd",
               "字段“until”：须为 RFC 3339 格式的时间：odd"},
          Case{"field \"to\": must say until when, or \"for\" how long",
               "字段“to”：须指明到何时为止，或用“for”指明多久"},
          Case{"field \"for\": is needed: how long it lasts, or \"ends_at\"",
               "字段“for”：必填：持续多久，或用“ends_at”指明结束时间"},
          Case{"field \"impact\": must be one of low, medium, high",
               "字段“impact”：须为以下之一：low, medium, high"},
          Case{"message 5 is delivered; only one that was given up (dead) is sent again by hand",
               "消息 5 的状态为 delivered；只有投递失败（dead）的消息可以手动重新发送"},
          // The words of refusals are errors at times.
          Case{"owner: nobody is named \"x\"", "负责人：没有名为“x”的人"},
          Case{"nobody is named \"a\" in bridge.yml; say who: --as NAME",
               "bridge.yml 中没有名为“a”的人；请用 --as NAME 指明"},
          Case{"something that has no other words", "something that has no other words"},
          Case{"", ""}}) {
        CHECK(error_text(c.said, "zh-CN") == c.zh);
        CHECK(error_text(c.said, "en") == c.said);
    }
}

TEST_CASE("what others have written is said as it is, whatever it looks like and however long") {
    CHECK(error_text("there is no incident there is no problem x", "zh") ==
          "没有事件 there is no problem x");
    CHECK(error_text("nobody is named \"is needed\" in bridge.yml", "zh") ==
          "bridge.yml 中没有名为“is needed”的人");
    std::string nested;
    for (int i = 0; i < 100'000; ++i) nested += "owner: ";
    const std::string said = error_text(nested + "x", "zh");
    CHECK(said.starts_with("负责人：负责人：负责人：owner: owner: "));
}
