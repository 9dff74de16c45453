#include "collector/net/probe/dns_message.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

#include "base/core/strings.h"

namespace tocsin::collector::probe {
namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::uint16_t kInternet = 1;

enum : std::uint16_t { kA = 1, kNs = 2, kCname = 5, kSoa = 6, kPtr = 12, kMx = 15, kTxt = 16 };
enum : std::uint16_t { kAaaa = 28, kSrv = 33, kOpt = 41 };

constexpr std::array<std::pair<std::uint16_t, std::string_view>, 10> kNames{{{kA, "A"},
                                                                             {kNs, "NS"},
                                                                             {kCname, "CNAME"},
                                                                             {kSoa, "SOA"},
                                                                             {kPtr, "PTR"},
                                                                             {kMx, "MX"},
                                                                             {kTxt, "TXT"},
                                                                             {kAaaa, "AAAA"},
                                                                             {kSrv, "SRV"},
                                                                             {kOpt, "OPT"}}};

std::string type_text(std::uint16_t type) {
    for (const auto& [number, name] : kNames) {
        if (number == type) return std::string(name);
    }
    return "TYPE" + std::to_string(type);
}

void put_word(std::string& bytes, unsigned value) {
    bytes += static_cast<char>(value >> 8U & 0xffU);
    bytes += static_cast<char>(value & 0xffU);
}

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

// Reads on through a message; once it asked for more than there is, all that follows is nothing.
class Reader {
  public:
    Reader(std::string_view message, std::size_t at, std::size_t end)
        : message_(message), at_(at), end_(end) {}

    bool ok() const { return ok_; }
    std::size_t at() const { return at_; }
    std::size_t left() const { return ok_ ? end_ - at_ : 0; }

    std::string_view bytes(std::size_t count) {
        if (!ok_ || count > end_ - at_) {
            ok_ = false;
            return {};
        }
        at_ += count;
        return message_.substr(at_ - count, count);
    }
    std::uint32_t number(std::size_t size) {
        std::uint32_t value = 0;
        for (const char c : bytes(size)) value = value << 8U | static_cast<unsigned char>(c);
        return value;
    }
    std::uint16_t word() { return static_cast<std::uint16_t>(number(2)); }

    // With its last dot. A pointer leads to what stands before it, so that no chain of them is
    // endless (RFC 1035, 4.1.4: "a prior occurrence").
    std::string name() {
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

    // After a name that went elsewhere, the record's own end again.
    void within(std::size_t end) { end_ = end; }

  private:
    std::string_view message_;
    std::size_t at_;
    std::size_t end_;
    bool ok_ = true;
};

std::string record_name(Reader& reader, std::size_t end) {
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

std::string unknown_text(std::string_view data) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out = "\\# " + std::to_string(data.size()) + " ";
    for (const char c : data) {
        const auto byte = static_cast<unsigned char>(c);
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
    return out;
}

std::string soa_text(Reader& reader, std::size_t end, DnsRecord& record) {
    std::string out = record_name(reader, end) + " ";
    out += record_name(reader, end);
    record.serial = reader.number(4);
    out += " " + std::to_string(*record.serial);
    for (int i = 0; i < 4; ++i) out += " " + std::to_string(reader.number(4));
    return out;
}

std::string txt_text(Reader& reader) {
    std::string out;
    while (reader.left() > 0) {
        out += out.empty() ? "\"" : " \"";
        append_escaped(out, reader.bytes(reader.number(1)), "\"\\");
        out += '"';
    }
    return out;
}

std::string data_text(Reader& reader, std::size_t end, DnsRecord& record) {
    switch (record.type) {
        case kA:
            return address_text(AF_INET, reader.bytes(4));
        case kAaaa:
            return address_text(AF_INET6, reader.bytes(16));
        case kNs:
        case kCname:
        case kPtr:
            return record_name(reader, end);
        case kMx: {
            const std::string preference = std::to_string(reader.word());
            return preference + " " + record_name(reader, end);
        }
        case kSrv: {
            std::string out;
            for (int i = 0; i < 3; ++i) out += std::to_string(reader.word()) + " ";
            return out + record_name(reader, end);
        }
        case kSoa:
            return soa_text(reader, end, record);
        case kTxt:
            return txt_text(reader);
        default:
            return unknown_text(reader.bytes(reader.left()));
    }
}

bool read_record(std::string_view message, Reader& reader, DnsRecord& record) {
    record.text = reader.name();
    reader.within(message.size());
    record.type = reader.word();
    const std::uint16_t rr_class = reader.word();
    const std::uint32_t ttl = reader.number(4);
    const std::size_t size = reader.word();
    if (!reader.ok() || size > reader.left()) return false;
    const std::size_t end = reader.at() + size;
    record.text += "\t" + std::to_string(ttl) + "\t";
    record.text += rr_class == kInternet ? "IN" : "CLASS" + std::to_string(rr_class);
    record.text += "\t" + type_text(record.type) + "\t";
    reader.within(end);
    record.text += data_text(reader, end, record);
    if (!reader.ok() || reader.at() != end) return false;
    reader.within(message.size());
    return true;
}

std::string absolute(std::string name) {
    if (!name.ends_with('.')) name += '.';
    return name;
}

}  // namespace

std::string dns_query(const DnsQuestion& question) {
    std::string out;
    put_word(out, question.id);
    put_word(out, question.recursion == Recursion::kDesired ? 0x0100 : 0);
    put_word(out, 1);
    for (int i = 0; i < 3; ++i) put_word(out, 0);
    std::string_view rest = question.name;
    if (rest.ends_with('.')) rest.remove_suffix(1);
    while (!rest.empty()) {
        const std::size_t dot = std::min(rest.find('.'), rest.size());
        out += static_cast<char>(dot);
        out.append(rest.substr(0, dot));
        rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    out += '\0';
    put_word(out, question.type);
    put_word(out, kInternet);
    return out;
}

bool is_answer_to(std::string_view message, const DnsQuestion& question) {
    Reader reader(message, 0, message.size());
    const std::uint16_t id = reader.word();
    const std::uint16_t flags = reader.word();
    const std::uint16_t questions = reader.word();
    reader.bytes(6);
    if (!reader.ok() || id != question.id || (flags & 0x8000U) == 0) return false;
    // Servers that could not read the query leave the question out.
    if (questions == 0) return true;
    const std::string name = reader.name();
    const std::uint16_t type = reader.word();
    return reader.ok() && type == question.type && iequals(name, absolute(question.name));
}

Result<DnsAnswer> parse_dns_answer(std::string_view message) {
    const auto broken = [](std::string_view what) {
        return Error(ErrorCode::kInvalid, "the answer's " + std::string(what) + " does not read");
    };
    Reader reader(message, 0, message.size());
    reader.word();
    DnsAnswer out;
    out.rcode = reader.word() & 15;
    std::array<std::uint16_t, 4> counts{};
    for (std::uint16_t& count : counts) count = reader.word();
    if (!reader.ok()) return broken("header");
    for (unsigned i = 0; i < counts[0]; ++i) {
        reader.name();
        reader.within(message.size());
        reader.number(4);
        if (!reader.ok()) return broken("question");
    }
    const std::array<std::vector<DnsRecord>*, 3> sections{&out.answer, &out.authority,
                                                          &out.additional};
    for (std::size_t i = 0; i < sections.size(); ++i) {
        for (unsigned j = 0; j < counts[i + 1]; ++j) {
            if (!read_record(message, reader, sections[i]->emplace_back())) {
                return broken("record");
            }
        }
    }
    return out;
}

}  // namespace tocsin::collector::probe
