#include "collector/net/probe/dns_data.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/core/digest.h"
#include "base/core/strings.h"
#include "base/core/time.h"
#include "collector/net/probe_config/dns_names.h"

namespace tocsin::collector::probe {
namespace {

constexpr std::size_t kLongestName = 255;

// The fields of a type's data, a letter each:
//   1 2 4  a number of so many bytes     n  a name               T  the name of a type
//   s      a text with its length        S  such texts to the end
//   w      likewise, without quotes      q  a text to the end
//   x X    bytes to the end, hexadecimal b  likewise, base64     d  a time
//   a A    an IPv4, an IPv6 address      p  parameters of a service
struct Form {
    std::uint16_t type;
    std::string_view fields;
};
constexpr std::array kForms = std::to_array<Form>({
    {1, "a"},           // A
    {2, "n"},           // NS
    {5, "n"},           // CNAME
    {6, "nn44444"},     // SOA
    {12, "n"},          // PTR
    {13, "ss"},         // HINFO
    {15, "2n"},         // MX
    {16, "S"},          // TXT
    {17, "nn"},         // RP
    {18, "2n"},         // AFSDB
    {28, "A"},          // AAAA
    {33, "222n"},       // SRV
    {35, "22sssn"},     // NAPTR (RFC 3403)
    {36, "2n"},         // KX
    {39, "n"},          // DNAME
    {43, "211X"},       // DS (RFC 4034, 5.3)
    {44, "11X"},        // SSHFP (RFC 4255)
    {46, "T114dd2nb"},  // RRSIG (RFC 4034, 3.2)
    {48, "211b"},       // DNSKEY (RFC 4034, 2.2)
    {52, "111x"},       // TLSA (RFC 6698)
    {53, "111x"},       // SMIMEA
    {59, "211X"},       // CDS
    {60, "211b"},       // CDNSKEY
    {61, "b"},          // OPENPGPKEY
    {64, "2np"},        // SVCB (RFC 9460)
    {65, "2np"},        // HTTPS
    {99, "S"},          // SPF
    {256, "22q"},       // URI (RFC 7553)
    {257, "1wq"},       // CAA (RFC 8659)
});

// A name's label, or a TXT's text: what is not plain stands as \DDD (RFC 1035, 5.1).
void append_escaped(std::string& out, std::string_view bytes, std::string_view special) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < ' ' || byte > '~') {
            out += '\\';
            out += static_cast<char>('0' + byte / 100);
            out += static_cast<char>('0' + byte / 10 % 10);
            out += static_cast<char>('0' + byte % 10);
            continue;
        }
        if (special.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
}

std::string record_name(DnsReader& reader, std::size_t end) {
    std::string name = reader.name();
    reader.within(end);
    return name;
}

std::string address_text(int family, std::string_view bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (bytes.empty()) return {};
    ::inet_ntop(family, bytes.data(), text.data(), text.size());
    return text.data();
}

std::string quoted(std::string_view bytes) {
    std::string out = "\"";
    append_escaped(out, bytes, "\"\\");
    return out + '"';
}

// YYYYMMDDHHmmSS (RFC 4034, 3.2).
std::string time_text(std::uint32_t seconds) {
    const std::string iso = format_rfc3339(from_unix_ms(std::int64_t{seconds} * 1000));
    std::string out;
    for (const char c : iso.substr(0, 19)) {
        if (c >= '0' && c <= '9') out += c;
    }
    return out;
}

// What a server of a name offers: key=value (RFC 9460, 2.1 and 14.3.2).
std::string parameter_text(std::uint16_t key, std::string_view value) {
    constexpr std::array<std::string_view, 7> kKeys{"mandatory", "alpn", "no-default-alpn", "port",
                                                    "ipv4hint",  "ech",  "ipv6hint"};
    std::string out = key < kKeys.size() ? std::string(kKeys[key]) : "key" + std::to_string(key);
    if (value.empty()) return out;
    std::string list;
    const auto add = [&](std::string_view text) {
        if (!list.empty()) list += ',';
        list += text;
    };
    DnsReader reader(value, 0, value.size());
    while (reader.ok() && reader.left() > 0) {
        switch (key) {
            case 0: {
                const std::uint16_t other = reader.word();
                add(other < kKeys.size() ? std::string(kKeys[other])
                                         : "key" + std::to_string(other));
                break;
            }
            case 1: {
                std::string protocol;
                append_escaped(protocol, reader.bytes(reader.number(1)), "\"\\,");
                add(protocol);
                break;
            }
            case 3:
                add(std::to_string(reader.word()));
                break;
            case 4:
                add(address_text(AF_INET, reader.bytes(4)));
                break;
            case 5:
                add(base64(reader.bytes(reader.left())));
                break;
            case 6:
                add(address_text(AF_INET6, reader.bytes(16)));
                break;
            default:
                append_escaped(list, reader.bytes(reader.left()), "\"\\");
        }
    }
    return out + "=\"" + list + '"';
}

std::string parameters_text(DnsReader& reader) {
    std::string out;
    while (reader.left() > 0) {
        const std::uint16_t key = reader.word();
        const std::string_view value = reader.bytes(reader.word());
        if (!out.empty()) out += ' ';
        out += parameter_text(key, value);
    }
    return out;
}

std::string texts_to_the_end(DnsReader& reader) {
    std::string out;
    while (reader.left() > 0) {
        if (!out.empty()) out += ' ';
        out += quoted(reader.bytes(reader.number(1)));
    }
    return out;
}

std::string upper_hex(std::string_view bytes) {
    std::string out = hex(bytes);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return out;
}

std::string field_text(char field, DnsReader& reader, std::size_t end) {
    switch (field) {
        case '1':
        case '2':
        case '4':
            return std::to_string(reader.number(static_cast<std::size_t>(field - '0')));
        case 'n':
            return record_name(reader, end);
        case 'T':
            return dns_name(kDnsTypes, reader.word(), "TYPE");
        case 's':
            return quoted(reader.bytes(reader.number(1)));
        case 'S':
            return texts_to_the_end(reader);
        case 'w': {
            std::string out;
            append_escaped(out, reader.bytes(reader.number(1)), "\"\\ ");
            return out;
        }
        case 'q':
            return quoted(reader.bytes(reader.left()));
        case 'x':
            return hex(reader.bytes(reader.left()));
        case 'X':
            return upper_hex(reader.bytes(reader.left()));
        case 'b':
            return base64(reader.bytes(reader.left()));
        case 'd':
            return time_text(reader.number(4));
        case 'a':
            return address_text(AF_INET, reader.bytes(4));
        case 'A':
            return address_text(AF_INET6, reader.bytes(16));
        default:
            return parameters_text(reader);
    }
}

}  // namespace

std::string DnsReader::name() {
    std::string out;
    std::size_t length = 0;
    std::size_t before = at_;
    std::optional<std::size_t> back;
    while (ok_) {
        const std::uint32_t head = number(1);
        if (!ok_ || head == 0) break;
        if (head >= 0xc0) {
            const std::size_t to = (head & 0x3fU) << 8U | number(1);
            if (!back) back = at_;
            ok_ = ok_ && to < before;
            before = at_ = to;
            end_ = message_.size();
            continue;
        }
        const std::string_view label = head < 0x40 ? bytes(head) : std::string_view();
        length += label.size() + 1;
        if (label.empty() || length >= kLongestName) ok_ = false;
        append_escaped(out, label, ".\\ '@;()\"");
        out += '.';
    }
    if (back) at_ = *back;
    return out.empty() ? "." : out;
}

std::string dns_data_text(DnsReader& reader, std::size_t end, DnsRecord& record) {
    const auto* const form = std::find_if(kForms.begin(), kForms.end(),
                                          [&](const Form& row) { return row.type == record.type; });
    if (form == kForms.end()) {
        const std::string_view data = reader.bytes(reader.left());
        return "\\# " + std::to_string(data.size()) + " " + hex(data);
    }
    constexpr std::uint16_t kSoa = 6;
    std::string out;
    for (std::size_t i = 0; i < form->fields.size(); ++i) {
        std::string text = field_text(form->fields[i], reader, end);
        if (i > 0 && !text.empty()) out += ' ';
        out += text;
        if (record.type == kSoa && i == 2) {
            record.serial = static_cast<std::uint32_t>(parse_uint(text).value_or(0));
        }
    }
    return out;
}

}  // namespace tocsin::collector::probe
