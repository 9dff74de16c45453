// The records of DNS messages as text, as zone files have them. Pure; reads whatever a peer sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "collector/net/probe/dns_message.h"

namespace tocsin::collector::probe {

// Reads on through a message; once it asked for more than there is, all that follows is nothing.
class DnsReader {
  public:
    DnsReader(std::string_view message, std::size_t at, std::size_t end)
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
    std::string name();

    // After a name that went elsewhere, the record's own end again.
    void within(std::size_t end) { end_ = end; }

  private:
    std::string_view message_;
    std::size_t at_;
    std::size_t end_;
    bool ok_ = true;
};

// The data of a record, from where the reader stands to `end`; of types that are not known to it as
// RFC 3597 has them: "\\# 3 0a0b0c".
std::string dns_data_text(DnsReader& reader, std::size_t end, DnsRecord& record);

}  // namespace tocsin::collector::probe
