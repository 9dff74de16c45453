// A view of a YAML document that knows where everything stands and which keys were asked for.
//
// A reader asks for the keys it knows, with their types; whatever is wrong (a type, a missing key,
// a unit) goes to the Diagnostics with its position and the read continues with a default, so that
// one pass names everything. `finish()` reports keys nobody asked for, with the nearest known one.
// yaml-cpp throws inside; nothing throws out. Limits: 64 levels deep, aliases are refused beyond
// 1,000 expansions, 10 MiB of text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/time.h"
#include "base/core/units.h"

namespace tocsin::text {

enum class YamlKind { kNull, kScalar, kSequence, kMap };

class YamlNode {
  public:
    YamlNode() = default;  // absent

    explicit operator bool() const { return impl_ != nullptr; }
    YamlKind kind() const;
    Position position() const;
    std::string_view scalar() const;  // "" unless kScalar
    bool quoted() const;              // a scalar written with quotes or as a block

    // Children. Duplicate keys are errors at parse time.
    const std::vector<YamlNode>& items() const;                            // of a sequence
    const std::vector<std::pair<std::string, YamlNode>>& entries() const;  // of a map, in order
    YamlNode key_node(std::string_view key) const;  // the key itself, for its position
    YamlNode find(std::string_view key) const;      // absent when there is none

    struct Impl;

  private:
    friend class YamlParser;
    std::shared_ptr<const Impl> impl_;
};

// What a second document is: an error, or (where another program reads the first alone) a warning.
enum class Documents { kOne, kFirst };

// The document's root; absent (and an error in `diagnostics`) when it is not YAML.
// An empty document is an absent node without an error.
YamlNode parse_yaml(std::string_view text, Diagnostics& diagnostics,
                    Documents documents = Documents::kOne);

// Reads one map. Each getter marks its key as known, reports what is wrong at the value's position,
// and returns nothing when the key is absent or wrong. Keep it on the stack; finish() at the end.
class MapReader {
  public:
    // A node that is no map (and not absent) is an error; `what` names it: "a rule".
    MapReader(YamlNode node, std::string_view what, Diagnostics& diagnostics);

    std::optional<std::string> string(std::string_view key);
    std::optional<bool> boolean(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least,
                                        std::int64_t most);
    std::optional<double> number(std::string_view key);
    std::optional<Duration> duration(std::string_view key);
    std::optional<Bytes> bytes(std::string_view key);
    std::optional<Ratio> ratio(std::string_view key);
    std::vector<std::string> strings(std::string_view key);  // a sequence of scalars
    std::vector<std::pair<std::string, std::string>> string_map(std::string_view key);
    // A scalar that must be one of `allowed`; suggests the nearest.
    std::optional<std::string> choice(std::string_view key,
                                      std::span<const std::string_view> allowed);
    YamlNode node(std::string_view key);  // any kind; marks it known
    void require(std::string_view key);   // an error when absent

    Position position() const { return node_.position(); }
    Position position_of(std::string_view key) const;  // the value's, or the map's
    void error(std::string_view key, std::string message);
    void finish();  // unknown keys

  private:
    YamlNode scalar(std::string_view key, std::string_view expected);
    YamlNode node_;
    std::string what_;
    Diagnostics& diagnostics_;
    std::vector<std::string> known_;
};

}  // namespace tocsin::text
