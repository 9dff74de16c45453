#include "bridge/notify/email_text.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/support/sample_message.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

constexpr std::string_view kFrom = "tocsin@example.com";

std::string compose(const Message& message) {
    return compose_email(message, words_for(message), kFrom).value();
}

// The headers' lines, unfolded.
std::vector<std::string> headers_of(const std::string& mail) {
    std::istringstream lines(mail.substr(0, mail.find("\r\n\r\n")));
    std::vector<std::string> headers;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.starts_with(' ')) {
            headers.back() += line;
        } else {
            headers.push_back(line);
        }
    }
    return headers;
}

std::string header(const std::string& mail, std::string_view name) {
    for (const std::string& line : headers_of(mail)) {
        if (line.starts_with(std::string(name) + ": ")) return line.substr(name.size() + 2);
    }
    return "";
}

}  // namespace

TEST_CASE("the mails of an incident make one thread") {
    Message message = sample_message();
    message.kind = MessageKind::kOpened;
    const std::string opened = compose(message);
    REQUIRE(header(opened, "Message-ID") == "<INC-2026-000001.opened@example.com>");
    REQUIRE(header(opened, "In-Reply-To").empty());
    REQUIRE(header(opened, "References").empty());
    for (const MessageKind kind : kAllMessageKinds) {
        if (kind == MessageKind::kOpened) continue;
        message.kind = kind;
        const std::string later = compose(message);
        CHECK(header(later, "In-Reply-To") == "<INC-2026-000001.opened@example.com>");
        CHECK(header(later, "References") == "<INC-2026-000001.opened@example.com>");
        CHECK(header(later, "Message-ID") == "<INC-2026-000001." + std::string(to_string(kind)) +
                                                 ".INC-2026-000001-7@example.com>");
    }
}

TEST_CASE("a digest is of no thread, and each has a name of its own") {
    Message message = sample_message();
    message.key.clear();
    message.kind = MessageKind::kOpened;
    message.idempotency_key = "digest-4711";
    const std::string digest = compose(message);
    CHECK(header(digest, "Message-ID") == "<digest.digest-4711@example.com>");
    CHECK(header(digest, "References").empty());
    CHECK(header(digest, "X-Tocsin-Incident").empty());
    message.kind = MessageKind::kResolved;
    CHECK(header(compose(message), "In-Reply-To").empty());
}

TEST_CASE("another attempt is byte for byte the same mail") {
    REQUIRE(compose(sample_message()) == compose(sample_message()));
}

TEST_CASE("a mail says that a machine wrote it, when, and how urgent it is") {
    Message message = sample_message();
    const std::string mail = compose(message);
    CHECK(header(mail, "From") == "Tocsin <tocsin@example.com>");
    CHECK(header(mail, "To") == "Li Na <li.na@example.com>");
    CHECK(header(mail, "Date") == "Sun, 22 Nov 2026 13:34:41 +0000");
    CHECK(header(mail, "Auto-Submitted") == "auto-generated");
    CHECK(header(mail, "Importance") == "high");
    CHECK(header(mail, "X-Tocsin-Incident") == "INC-2026-000001");
    message.priority = Priority::kP3;
    CHECK(header(compose(message), "Importance").empty());
}

TEST_CASE("headers with more than short ASCII become encoded words") {
    struct Case {
        const char* name;
        std::string text;
        std::string header;
    };
    for (const Case& c : std::vector<Case>{
             {"plain", "[P2] disk", "[P2] disk"},
             // RFC 2047's form; base64 of the UTF-8 bytes, as `printf 事件 | base64` gives it.
             {"Chinese", "事件", "=?UTF-8?B?5LqL5Lu2?="},
             {"looks encoded", "=?x?= a", "=?UTF-8?B?PT94Pz0gYQ==?="},
             {"line breaks", "a\r\nBcc: b", "a  Bcc: b"},
             {"bad bytes", "\xff", "=?UTF-8?B?77+9?="},
         }) {
        INFO(c.name);
        CHECK(header_text(c.text) == c.header);
    }
    std::string longer;
    for (int i = 0; i < 100; ++i) longer += "事";
    const std::string folded = header_text(longer);
    std::istringstream lines(folded);
    for (std::string line; std::getline(lines, line);) {
        CHECK(line.size() <= 77);  // 75, the fold's space and the \r
        CHECK(line.find("=?UTF-8?B?") <= 1);
    }
}

TEST_CASE("nothing that an alert holds can add a header or a recipient") {
    Message message = sample_message();
    const std::size_t usual = headers_of(compose(message)).size();
    const std::string attack = "x\r\nBcc: evil@example.com\r\n\r\nbody";
    message.title = message.host = message.severity = attack;
    message.recipient.display = attack;
    message.idempotency_key = attack;
    message.key = attack;
    message.alerts.front().summary = attack;
    const std::string mail = compose(message);
    CHECK(headers_of(mail).size() == usual);
    CHECK(mail.find("\nBcc:") == std::string::npos);
    for (const char* address :
         {"a@b\r\nBcc: c@d", "", "nobody", "@b", "a@", "a b@c", "a@b>,<c@d", "名@example.com"}) {
        INFO(address);
        message.recipient.address = address;
        const auto refused = compose_email(message, words_for(message), kFrom);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::kInvalid);
    }
}
