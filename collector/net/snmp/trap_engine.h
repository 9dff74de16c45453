// Who the agent is to senders of informs. Its engine ID must stay, since devices are told it by
// hand, and it must count its starts, or they take its answers for old ones (RFC 3414, 2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::collector::snmp {

struct KeptEngine {
    std::string id;  // 5 to 32 octets
    std::uint32_t boots = 0;
    bool operator==(const KeptEngine&) const = default;
};

// A line of text. Nothing when it is not wholly what print_engine() writes. Pure.
std::string print_engine(const KeptEngine& engine);
std::optional<KeptEngine> parse_engine(std::string_view text);

// The engine of this start: that of the last one, or a new one. Pure.
KeptEngine next_engine(const std::optional<KeptEngine>& last, std::string_view made_up);

// Makes it the process's, the first time; keeps it in the agent's state directory.
void keep_engine(const std::string& state);

}  // namespace tocsin::collector::snmp
