// Reads a JSON object that a client sent, field by field; the first thing that is wrong is named
// with its field. Pure. Text comes out as valid UTF-8 without NUL.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"

namespace tocsin::bridge {

class JsonObject {
  public:
    // kInvalid when it is not one JSON object, or nested deeper than `depth`.
    // An empty text is an object without fields.
    static Result<JsonObject> parse(std::string_view text, int depth = 16);

    // Absent or null: none. A wrong type: none, and error() tells.
    std::optional<std::string> string(std::string_view field, std::size_t most = 64 * 1024);
    std::optional<std::int64_t> integer(std::string_view field);
    std::optional<bool> boolean(std::string_view field);
    std::optional<Timestamp> time(std::string_view field);
    // A Prometheus duration as text ("1h30m").
    std::optional<Duration> duration(std::string_view field);
    std::vector<std::string> strings(std::string_view field, std::size_t most = 256);
    std::vector<std::pair<std::string, std::string>> string_map(std::string_view field,
                                                                std::size_t most = 256);
    std::vector<JsonObject> objects(std::string_view field, std::size_t most = 256);
    JsonObject object(std::string_view field);  // without fields when absent

    bool is_text(std::string_view field) const;
    std::vector<std::string> names() const;  // of its fields, those that are null left out

    void require(std::string_view field);
    // Fails at the first field that is none of these.
    using Names = std::initializer_list<std::string_view>;
    void allow(Names fields, Names more = {});
    void fail(std::string_view field, std::string_view what);
    // The first thing that was wrong.
    Result<void> check() const;

    struct Impl;

  private:
    explicit JsonObject(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::bridge
