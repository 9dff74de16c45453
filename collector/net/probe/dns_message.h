// DNS messages as bytes (RFC 1035, 4). Pure; reads whatever a peer sends, within bounds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"

namespace tocsin::collector::probe {

enum class Recursion { kNotDesired, kDesired };

struct DnsQuestion {
    std::uint16_t id = 0;
    std::string name;  // with or without its last dot
    std::uint16_t type = 1;
    std::uint16_t query_class = 1;
    Recursion recursion = Recursion::kDesired;
};
std::string dns_query(const DnsQuestion& question);

struct DnsRecord {
    std::uint16_t type = 0;
    // Owner, TTL, class, type and data, between tabs, as a zone file has them:
    // "example.org.\t300\tIN\tMX\t10 mail.example.org."
    std::string text;
    std::optional<std::uint32_t> serial;  // of an SOA
};

struct DnsAnswer {
    int rcode = 0;
    std::vector<DnsRecord> answer;
    std::vector<DnsRecord> authority;
    std::vector<DnsRecord> additional;
};

// Whether the message answers that question: only then is it worth reading.
bool is_answer_to(std::string_view message, const DnsQuestion& question);
// kInvalid for one that is cut off or contradicts itself.
Result<DnsAnswer> parse_dns_answer(std::string_view message);

}  // namespace tocsin::collector::probe
