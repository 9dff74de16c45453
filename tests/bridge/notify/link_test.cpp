// One-tap links: who can make one, until when, and for what.
#include "bridge/notify/link.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

const Secret kKey("0123456789abcdef0123456789abcdef");
const Timestamp kNow = from_unix_ms(1'795'000'000'000);

std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> parts;
    std::size_t from = 1;
    while (from <= path.size()) {
        const std::size_t to = std::min(path.find('/', from), path.size());
        parts.push_back(path.substr(from, to - from));
        from = to + 1;
    }
    return parts;
}

Result<Link> read(const Secret& key, const std::vector<std::string>& p, Timestamp now = kNow) {
    return read_link(key, {p.at(1), p.at(2), p.at(3), p.at(4), p.at(5)}, now);
}

const Link kLink{"INC-2026-000001", ActionKind::kAcknowledge, "li.na", kNow + 24h};

}  // namespace

TEST_CASE("a link is read back as it was made") {
    for (const char* person : {"li.na", ""}) {
        Link link = kLink;
        link.person = person;
        const auto parts = split(link_path(kKey, link));
        REQUIRE(parts.size() == 6);
        CHECK(parts[0] == "l");
        const auto back = read(kKey, parts);
        REQUIRE(back);
        CHECK(back.value() == link);
    }
}

TEST_CASE("a calendar's key opens that rotation's, for that person, under that link key alone") {
    const std::string key = calendar_key(kKey, "web", "li.na");
    CHECK(key.size() == 32);
    CHECK(is_calendar_key(kKey, "web", "li.na", key));
    CHECK_FALSE(is_calendar_key(kKey, "web", "", key));
    CHECK_FALSE(is_calendar_key(kKey, "web", "zhao.lei", key));
    CHECK_FALSE(is_calendar_key(kKey, "db", "li.na", key));
    CHECK_FALSE(is_calendar_key(Secret("another key of the bridge's own"), "web", "li.na", key));
    CHECK_FALSE(is_calendar_key(kKey, "web", "li.na", ""));
    CHECK_FALSE(is_calendar_key(kKey, "web", "li.na", key.substr(0, 31)));
    // Without a link key there is none, not one that everybody can make.
    CHECK_FALSE(
        is_calendar_key(Secret(""), "web", "li.na", calendar_key(Secret(""), "web", "li.na")));
    // No name can imitate another's boundary.
    CHECK(calendar_key(kKey, "a\nb", "c") != calendar_key(kKey, "a", "b\nc"));
}

TEST_CASE("a link whose any part is changed is none") {
    const auto good = split(link_path(kKey, kLink));
    const std::vector<std::pair<std::size_t, const char*>> changes = {
        {1, "INC-2026-000002"},
        {2, "resolve"},
        {2, "close"},
        {2, "nonsense"},
        {3, "1795999999"},
        {3, "x"},
        {3, "-1"},
        {3, "99999999999999"},
        {4, "zhao.lei"},
        {4, "~"},
        {4, ""},
        {5, ""},
        {5, "00000000000000000000000000000000"},
        {5, "0"}};
    for (const auto& [part, value] : changes) {
        auto parts = good;
        parts[part] = value;
        INFO(part << " " << value);
        const auto back = read(kKey, parts);
        REQUIRE_FALSE(back);
        CHECK(back.error().code == ErrorCode::kInvalid);
    }
    CHECK_FALSE(read(Secret("another key"), good));
    CHECK_FALSE(read(Secret(), good));  // without a key there are no links
}

TEST_CASE("a link works until its second, and not from there") {
    const auto parts = split(link_path(kKey, kLink));
    CHECK(read(kKey, parts, kLink.expires - 1ms));
    const auto late = read(kKey, parts, kLink.expires);
    REQUIRE_FALSE(late);
    CHECK(late.error().code == ErrorCode::kTimeout);
    // An expired one that was tampered with says nothing of time.
    auto changed = parts;
    changed[4] = "zhao.lei";
    CHECK(read(kKey, changed, kLink.expires).error().code == ErrorCode::kInvalid);
}

TEST_CASE("a message has the links that fit the incident's state") {
    struct Case {
        State state;
        std::vector<ActionKind> actions;
    };
    const World w;
    for (const Case& c : {Case{State::kTriggered, {ActionKind::kAcknowledge, ActionKind::kResolve}},
                          Case{State::kResolved, {}}, Case{State::kClosed, {}}}) {
        const auto links = links_of(w.in_state(c.state), MessageKind::kOpened, "li.na", kKey,
                                    "https://tocsin.example", kNow + 1h);
        REQUIRE(links.size() == c.actions.size());
        for (std::size_t i = 0; i < links.size(); ++i) {
            CHECK(links[i].action == c.actions[i]);
            CHECK(links[i].url.starts_with("https://tocsin.example/l/INC-2026-000001/"));
        }
    }
    CHECK(links_of(w.in_state(State::kTriggered), MessageKind::kOpened, "", Secret(), "https://x",
                   kNow)
              .empty());
    // Whoever reported it is asked something else.
    const auto asked = links_of(w.in_state(State::kResolved), MessageKind::kAskConfirm, "ms.wu",
                                kKey, "https://tocsin.example", kNow + 1h);
    REQUIRE(asked.size() == 2);
    CHECK(asked[0].action == ActionKind::kConfirm);
    CHECK(asked[1].action == ActionKind::kReopen);
}
