#include "base/net/log_line.h"

#include <array>

#include "base/core/strings.h"

namespace tocsin::net {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// The escapes that JSON and logfmt share, between quotes.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default: {
                const auto byte = static_cast<unsigned char>(c);
                if (byte < 0x20 || byte == 0x7f) {
                    out += "\\u00";
                    out += kHexDigits[byte >> 4U];
                    out += kHexDigits[byte & 0xfU];
                } else {
                    out += c;
                }
            }
        }
    }
    out += '"';
    return out;
}

std::string logfmt_value(std::string_view text) {
    const std::string clean = valid_utf8(text);
    bool plain = !clean.empty();
    for (const char c : clean) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7f || c == '"' || c == '=' || c == '\\') plain = false;
    }
    return plain ? clean : quoted(clean);
}

std::string_view level_word(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return "debug";
        case LogLevel::kInfo:
            return "info";
        case LogLevel::kWarning:
            return "warning";
        case LogLevel::kError:
            return "error";
    }
    return "error";
}

// sd-daemon(3).
std::string_view journal_prefix(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return "<7>";
        case LogLevel::kInfo:
            return "<6>";
        case LogLevel::kWarning:
            return "<4>";
        case LogLevel::kError:
            return "<3>";
    }
    return "<3>";
}

void append_logfmt(std::string& out, std::string_view message, std::span<const LogField> fields) {
    out += "msg=";
    out += logfmt_value(message);
    for (const LogField& field : fields) {
        out += ' ';
        out += field.key;
        out += '=';
        out += logfmt_value(field.value);
    }
}

}  // namespace

std::string json_quote(std::string_view text) {
    return quoted(valid_utf8(text));
}

std::string format_log_line(LogFormat format, Timestamp at, LogLevel level,
                            std::string_view message, std::span<const LogField> fields) {
    std::string out;
    switch (format) {
        case LogFormat::kLogfmt:
            out = "ts=" + format_rfc3339(at) + " level=";
            out += level_word(level);
            out += ' ';
            append_logfmt(out, message, fields);
            break;
        case LogFormat::kJson:
            out = "{\"ts\":\"" + format_rfc3339(at) + "\",\"level\":\"";
            out += level_word(level);
            out += "\",\"msg\":" + json_quote(message);
            for (const LogField& field : fields) {
                out += ',' + json_quote(field.key) + ':' + json_quote(field.value);
            }
            out += '}';
            break;
        case LogFormat::kJournal:
            out = journal_prefix(level);
            append_logfmt(out, message, fields);
            break;
    }
    return out;
}

}  // namespace tocsin::net
