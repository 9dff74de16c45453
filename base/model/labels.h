// Label sets: interned, sorted by name, hashed once, immutable, cheap to copy.
//
// A Symbol is one interned string of the process (one table, counted references, so foreign labels
// do not pile up). A Labels is a counted pointer to a sorted array of pairs of symbols; copying one
// costs an atomic increment, comparing two starts with the hash. Thread-safe throughout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin {

class Symbol {
  public:
    Symbol() noexcept = default;  // the empty string; never in the table
    explicit Symbol(std::string_view text);
    Symbol(const Symbol& other) noexcept;
    Symbol(Symbol&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
    Symbol& operator=(Symbol other) noexcept {
        std::swap(entry_, other.entry_);
        return *this;
    }
    ~Symbol();

    std::string_view view() const noexcept;
    bool empty() const noexcept { return entry_ == nullptr; }
    // Identity: equal text means equal pointer.
    bool operator==(const Symbol& other) const noexcept { return entry_ == other.entry_; }
    bool operator==(std::string_view text) const noexcept { return view() == text; }
    const void* id() const noexcept { return entry_; }
    std::uint64_t hash() const noexcept;  // of the text; 0 for ""

    struct Entry;

  private:
    Entry* entry_ = nullptr;
};

// How many different strings the process holds now.
std::size_t symbol_count();

struct Label {
    Symbol name;
    Symbol value;
    bool operator==(const Label&) const = default;
};

// The name under which a metric's own name is a label.
inline constexpr std::string_view kMetricName = "__name__";

class Labels {
  public:
    Labels() noexcept = default;  // empty
    Labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);
    Labels(const Labels& other) noexcept;
    Labels(Labels&& other) noexcept : set_(std::exchange(other.set_, nullptr)) {}
    Labels& operator=(Labels other) noexcept {
        std::swap(set_, other.set_);
        return *this;
    }
    ~Labels();

    // "" when absent: Prometheus makes no difference between an empty and an absent label.
    std::string_view get(std::string_view name) const noexcept;
    Symbol get(const Symbol& name) const noexcept;
    bool has(std::string_view name) const noexcept { return !get(name).empty(); }
    std::string_view metric_name() const noexcept { return get(kMetricName); }

    std::span<const Label> all() const noexcept;  // sorted by name, no empty value
    auto begin() const noexcept { return all().begin(); }
    auto end() const noexcept { return all().end(); }
    std::size_t size() const noexcept { return all().size(); }
    bool empty() const noexcept { return size() == 0; }

    // Of this process only (of the text, so stable within a build). 0 for the empty set.
    std::uint64_t hash() const noexcept;
    bool operator==(const Labels& other) const noexcept;
    // By name and value, as Prometheus sorts.
    bool operator<(const Labels& other) const noexcept;

    // `name{a="1", b="x\"y"}`, as Prometheus prints a series.
    std::string text() const;

    struct Set;

  private:
    friend class LabelsBuilder;
    const Set* set_ = nullptr;
};

// Builds a set by changing another. Setting "" removes. Not thread-safe.
class LabelsBuilder {
  public:
    LabelsBuilder() = default;
    explicit LabelsBuilder(const Labels& base);
    LabelsBuilder& set(std::string_view name, std::string_view value);
    LabelsBuilder& set(const Symbol& name, const Symbol& value);
    LabelsBuilder& remove(std::string_view name);
    LabelsBuilder& remove(const Symbol& name);
    LabelsBuilder& keep_only(std::span<const Symbol> names);
    Labels build() const;

  private:
    std::vector<Label> labels_;  // sorted by name
};

// A stable fingerprint of a label set's text across processes and versions: 16 hex digits
// (FNV-1a 64 over name, 0xff, value, 0xff in order, as Alertmanager computes its own).
std::string fingerprint(const Labels& labels);

// [a-zA-Z_][a-zA-Z0-9_]* and, for metrics, also ':'.
bool is_label_name(std::string_view text);
bool is_metric_name(std::string_view text);

}  // namespace tocsin

template <>
struct std::hash<tocsin::Labels> {
    std::size_t operator()(const tocsin::Labels& l) const noexcept { return l.hash(); }
};
template <>
struct std::hash<tocsin::Symbol> {
    std::size_t operator()(const tocsin::Symbol& s) const noexcept {
        return std::hash<const void*>{}(s.id());
    }
};
