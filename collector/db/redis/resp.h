// Redis's protocol (RESP2), with hiredis as the codec: commands to bytes, bytes to replies. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"

namespace tocsin::collector {

struct RespReply {
    enum class Kind { kNil, kString, kStatus, kError, kInteger, kArray };
    Kind kind = Kind::kNil;
    std::string text;  // of a string, a status or an error
    std::int64_t integer = 0;
    std::vector<RespReply> items;  // of an array

    bool is_error() const { return kind == Kind::kError; }
    bool is_array() const { return kind == Kind::kArray; }
    // A string, or a status.
    bool is_text() const { return kind == Kind::kString || kind == Kind::kStatus; }
};

std::string resp_command(const std::vector<std::string>& words);

// Takes the bytes as they come. A reply beyond a limit is an error, after which nothing more is to
// be read from that connection.
class RespReader {
  public:
    static constexpr std::size_t kMostBytes = std::size_t{16} * 1024 * 1024;  // of one reply
    static constexpr std::size_t kMostItems = 100'000;
    // Of a status, an error or a number: each is searched for its end from its beginning.
    static constexpr std::size_t kMostLine = std::size_t{64} * 1024;

    RespReader();
    ~RespReader();
    RespReader(const RespReader&) = delete;
    RespReader& operator=(const RespReader&) = delete;

    Result<void> feed(std::string_view bytes);
    // The next whole reply; none while it is not complete.
    Result<std::optional<RespReply>> next();

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::collector
