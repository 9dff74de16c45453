// Inside rules/history: what History keeps of a series, and the selections that watch it.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "rules/history/chunk.h"
#include "rules/history/history.h"
#include "rules/history/window.h"

namespace tocsin::rules {

class SelectionImpl;

// A series' place in a selection: its index there, so that leaving needs no search.
struct Membership {
    SelectionImpl* selection;
    std::uint32_t index;
};

struct Stored {
    SeriesRef ref;
    ChunkHead head;
    std::vector<Chunk> chunks;   // oldest first, never empty once appended to
    std::uint64_t appended = 0;  // samples, ever
    std::int64_t since = 0;      // the first one's time
    std::int64_t reach = 0;      // the longest of its selections', milliseconds
    std::vector<Membership> memberships;
    std::uint32_t name_index = 0;
};

class SelectionImpl final : public Selection, public std::enable_shared_from_this<SelectionImpl> {
  public:
    SelectionImpl(History::Impl& history, Matchers matchers, Duration reach, Symbol name,
                  bool named);
    ~SelectionImpl() override;

    std::span<const SeriesRef> series() override { return refs_; }
    std::uint64_t epoch() const override { return epoch_; }
    std::span<const Sample> samples(std::size_t i, Timestamp from, Timestamp to) override;
    bool last(std::size_t i, Timestamp from, Timestamp to, Sample& out) override;
    std::uint64_t opened() const override { return opened_; }

    void offer(Stored& s);  // joins when it matches
    void leave(Stored& s);
    void orphan();
    bool same(const Matchers& matchers, Duration reach) const {
        return reach == reach_ && matchers == matchers_;
    }
    const Symbol& name() const { return name_; }
    bool named() const { return named_; }

  private:
    // Null when the windows have no room for it.
    Window* window(std::size_t i, std::int64_t low);
    void unpack(const Stored& s, std::int64_t low, std::int64_t high, std::vector<Sample>& out);
    void drop(Window& window);

    History::Impl* history_;
    Matchers matchers_;
    Duration reach_;
    Symbol name_;
    bool named_;
    std::uint64_t epoch_ = 1;
    std::uint64_t opened_ = 0;
    std::vector<SeriesRef> refs_;
    std::vector<Stored*> stored_;  // of refs_, by index
    std::vector<Window> windows_;  // of the first of them; made as ranges look
    std::vector<Sample> scratch_;  // of a range that no window serves
};

struct History::Impl {
  public:
    explicit Impl(HistoryOptions options) : options_(options) {}
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    bool append(const SeriesRef& ref, Timestamp at, double v);
    void trim(Timestamp at);
    std::shared_ptr<Selection> select(Matchers matchers, Duration reach);
    void forget(SelectionImpl& selection);

    std::size_t series() const { return series_; }
    std::size_t bytes() const { return bytes_; }
    HistoryLosses losses() const { return losses_; }
    // What the windows of all selections hold, in samples (see window.h).
    std::size_t& unpacked() { return unpacked_; }

  private:
    struct Named {
        std::vector<Stored*> series;
        std::vector<SelectionImpl*> selections;
    };

    Stored* find(SeriesId id) const;
    Stored& add(const SeriesRef& ref);
    void open_chunk(Stored& s);
    void drop_front(Stored& s, std::size_t chunks);
    void remove(Stored& s);
    void enforce_limit();
    void drop_ended(std::uint64_t target);
    void drop_series(std::uint64_t target);
    static std::size_t footprint(const Stored& s);
    static std::size_t weight(const Stored& s);

    HistoryOptions options_;
    Symbol name_label_{kMetricName};
    std::vector<std::unique_ptr<Stored>> by_id_;
    std::unordered_map<Symbol, Named> names_;
    std::vector<SelectionImpl*> selections_;
    std::vector<SelectionImpl*> nameless_;  // those without an equality on __name__
    std::size_t series_ = 0;
    std::size_t bytes_ = 0;
    std::size_t enforced_ = 0;  // what the last enforce_limit() could not free
    std::size_t unpacked_ = 0;
    HistoryLosses losses_;
    bool trimmed_ = false;
    std::int64_t trimmed_at_ = 0;
};

}  // namespace tocsin::rules
