// The table of the process's live series: labels are built once, then a series is a small id.
//
// A SeriesRef keeps its series alive; when the last goes, its id is used again. Collectors hold the
// refs of what they report and History holds those it keeps samples of, so an id that anyone can
// still see always means the same series. Thread-safe; creating takes a lock, copying an atomic.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/core/time.h"
#include "base/model/labels.h"
#include "base/model/sample.h"

namespace tocsin {

using SeriesId = std::uint32_t;  // dense: small enough to index a vector

class SeriesTable;

class SeriesRef {
  public:
    SeriesRef() noexcept = default;
    SeriesRef(const SeriesRef& other) noexcept;
    SeriesRef(SeriesRef&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    SeriesRef& operator=(SeriesRef other) noexcept {
        std::swap(node_, other.node_);
        return *this;
    }
    ~SeriesRef();

    explicit operator bool() const noexcept { return node_ != nullptr; }
    SeriesId id() const noexcept;
    const Labels& labels() const noexcept;    // with __name__
    const MetricDesc& desc() const noexcept;  // an untyped, helpless one for rule outputs
    bool operator==(const SeriesRef& o) const noexcept { return node_ == o.node_; }

    struct Node;

  private:
    friend class SeriesTable;
    explicit SeriesRef(Node* node) noexcept : node_(node) {}
    Node* node_ = nullptr;
};

// Must outlive every ref it gave. One a process in the agent; tests make their own.
class SeriesTable {
  public:
    // `target`: what every collected series carries besides its own labels (instance, job).
    explicit SeriesTable(Labels target = {});
    ~SeriesTable();
    SeriesTable(const SeriesTable&) = delete;
    SeriesTable& operator=(const SeriesTable&) = delete;

    // The series of `desc.name` and `labels` (without __name__); the same ref for the same set.
    // `desc` must have static life; nullptr for series that rules record (name in the labels, no
    // target labels added). The first description of a series stays unless it is revisable.
    SeriesRef get(const MetricDesc* desc, const Labels& labels);
    // The series of just these labels, __name__ among them: for what another program named whole.
    SeriesRef get_whole(const MetricDesc* desc, const Labels& labels);

    const Labels& target() const;
    std::size_t size() const;   // live series
    SeriesId capacity() const;  // every live id is below
    // How often a live series was described anew: what was made of descriptions holds until then.
    std::uint64_t redescribed() const noexcept;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

// One value of a collection or of a rule. Its time is the collection's, unless its source gave it
// one of its own.
struct Reading {
    SeriesRef series;
    double value = 0;
    Timestamp at{};
    bool has_time() const { return at != Timestamp{}; }
};

}  // namespace tocsin
