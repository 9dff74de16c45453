#include "base/net/start_tls.h"

#include <array>
#include <cstddef>
#include <optional>

namespace tocsin::net {
namespace {

using namespace std::string_view_literals;

constexpr std::array<StartTlsStep, 3> kSmtp{
    {{"", "220 "}, {"EHLO tocsin\r\n", "250 "}, {"STARTTLS\r\n", "220 "}}};
constexpr std::array<StartTlsStep, 2> kImap{{{"", "* OK"}, {"a STARTTLS\r\n", "a OK"}}};
constexpr std::array<StartTlsStep, 2> kPop3{{{"", "+OK"}, {"STLS\r\n", "+OK"}}};
constexpr std::array<StartTlsStep, 2> kFtp{{{"", "220 "}, {"AUTH TLS\r\n", "234 "}}};
// PostgreSQL's manual, 55.7 "Message Formats": SSLRequest.
constexpr std::array<StartTlsStep, 1> kPostgres{
    {{"\0\0\0\x08\x04\xd2\x16\x2f"sv, "S", AnswerForm::kByte}}};
// RFC 4511, 4.14: an extended request, its message's number being 1. The answer is an extended
// response whose resultCode is success; what follows it may be left out or not.
constexpr std::array<StartTlsStep, 1> kLdap{
    {{"\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
      "1.3.6.1.4.1.1466.20037"sv,
      "\x0a\x01\x00"sv, AnswerForm::kLdap}}};

bool is_code(std::string_view line, char after) {
    if (line.size() < 4 || line[3] != after) return false;
    return line.substr(0, 3).find_first_not_of("0123456789") == std::string_view::npos;
}

// Of SMTP and FTP (RFC 959, 4.2): from "220-…" to "220 …", whatever stands between.
Heard hear_lines(const StartTlsStep& step, std::string& heard, std::string& shown) {
    std::string_view rest = heard;
    std::string_view open;  // the code of an answer that goes on
    while (true) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) return Heard::kMore;
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (step.expect.starts_with("a ") && line.starts_with("* ")) continue;  // IMAP
        if (open.empty() && is_code(line, '-')) open = line.substr(0, 3);
        if (!open.empty() && !(is_code(line, ' ') && line.starts_with(open))) continue;
        const bool go = line.starts_with(step.expect);
        shown = line;
        heard.erase(0, heard.size() - rest.size());
        return go ? Heard::kGo : Heard::kRefused;
    }
}

Heard hear_byte(const StartTlsStep& step, std::string& heard, std::string& shown) {
    if (heard.empty()) return Heard::kMore;
    shown = heard.substr(0, 1);
    heard.erase(0, 1);
    return shown == step.expect ? Heard::kGo : Heard::kRefused;
}

// One element in BER: its tag and its content.
struct Element {
    char tag = 0;
    std::string_view content;
    std::size_t size = 0;  // of all of it
};

// Nothing where it is not all there.
std::optional<Element> element(std::string_view bytes) {
    if (bytes.size() < 2) return std::nullopt;
    const auto byte = [&](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
    };
    std::size_t length = byte(1);
    std::size_t begin = 2;
    if (length > 0x80) {  // the long form: so many bytes hold the length
        begin += length - 0x80;
        if (begin > 6 || bytes.size() < begin) return std::nullopt;
        length = 0;
        for (std::size_t at = 2; at < begin; ++at) length = length << 8U | byte(at);
    }
    if (bytes.size() - begin < length) return std::nullopt;
    return Element{bytes[0], bytes.substr(begin, length), begin + length};
}

Heard hear_ldap(const StartTlsStep& step, std::string& heard, std::string& shown) {
    if (heard.empty()) return Heard::kMore;
    shown = "something else than StartTLS's success";
    if (heard[0] != '\x30') return Heard::kRefused;
    const auto message = element(heard);
    if (!message) return Heard::kMore;
    const auto number = element(message->content);
    const auto response = number ? element(message->content.substr(number->size)) : std::nullopt;
    const bool go =
        response && response->tag == '\x78' && response->content.starts_with(step.expect);
    heard.erase(0, message->size);
    return go ? Heard::kGo : Heard::kRefused;
}

}  // namespace

std::span<const StartTlsStep> start_tls_steps(StartTls how) {
    switch (how) {
        case StartTls::kNone:
            return {};
        case StartTls::kSmtp:
            return kSmtp;
        case StartTls::kImap:
            return kImap;
        case StartTls::kPop3:
            return kPop3;
        case StartTls::kFtp:
            return kFtp;
        case StartTls::kPostgres:
            return kPostgres;
        case StartTls::kLdap:
            return kLdap;
    }
    return {};
}

Heard hear_answer(const StartTlsStep& step, std::string& heard, std::string& shown) {
    switch (step.form) {
        case AnswerForm::kLines:
            return hear_lines(step, heard, shown);
        case AnswerForm::kByte:
            return hear_byte(step, heard, shown);
        case AnswerForm::kLdap:
            return hear_ldap(step, heard, shown);
    }
    return Heard::kRefused;
}

}  // namespace tocsin::net
