#include "rules/history/history.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "rules/history/chunk.h"
#include "rules/history/store.h"

namespace tocsin::rules {
namespace {

// How long rules take a series' last sample for what it is now (rules/promql/engine.h, as it
// comes).
constexpr Duration kSeenFor{5min};

}  // namespace

History::Impl::~Impl() {
    for (SelectionImpl* s : selections_) s->orphan();
}

bool History::Impl::append(const SeriesRef& ref, Timestamp at, double v) {
    const std::int64_t t = to_unix_ms(at);
    Stored* s = find(ref.id());
    if (s == nullptr) {
        s = &add(ref);
        s->since = t;
    } else if (t <= s->head.t) {
        ++losses_.out_of_order;
        return false;
    }
    if (s->chunks.empty() || s->chunks.back().full()) open_chunk(*s);
    Chunk& chunk = s->chunks.back();
    const std::size_t before = chunk.capacity();
    chunk.append(s->head, t, std::bit_cast<std::uint64_t>(v));
    ++s->appended;
    bytes_ += chunk.capacity() - before;
    // Where living series alone take more, it is looked again only once there is more to free.
    if (bytes_ > options_.limit.count && bytes_ > enforced_ + options_.limit.count / 16) {
        enforce_limit();
    }
    return true;
}

Stored* History::Impl::find(SeriesId id) const {
    return id < by_id_.size() ? by_id_[id].get() : nullptr;
}

Stored& History::Impl::add(const SeriesRef& ref) {
    if (ref.id() >= by_id_.size()) by_id_.resize(ref.id() + ref.id() / 4 + 16);
    auto& place = by_id_[ref.id()];
    place = std::make_unique<Stored>();
    place->ref = ref;
    ++series_;
    bytes_ += weight(*place);
    Named& named = names_[ref.labels().get(name_label_)];
    place->name_index = static_cast<std::uint32_t>(named.series.size());
    named.series.push_back(place.get());
    for (SelectionImpl* s : named.selections) s->offer(*place);
    for (SelectionImpl* s : nameless_) s->offer(*place);
    return *place;
}

void History::Impl::open_chunk(Stored& s) {
    const std::size_t before = footprint(s);
    if (!s.chunks.empty()) s.chunks.back().seal();
    s.chunks.emplace_back();
    bytes_ += footprint(s) - before;
}

std::size_t History::Impl::footprint(const Stored& s) {
    std::size_t n = s.chunks.capacity() * sizeof(Chunk);
    for (const Chunk& c : s.chunks) n += c.capacity();
    return n;
}

// Without its chunks. Labels are interned, and most of their texts short and shared by many series;
// but a source may give each series that it makes up a text of megabytes.
std::size_t History::Impl::weight(const Stored& s) {
    constexpr std::size_t kShort = 128;
    std::size_t n = sizeof(Stored);
    for (const Label& label : s.ref.labels()) {
        const std::size_t length = label.value.view().size();
        n += length > kShort ? length - kShort : 0;
    }
    return n;
}

void History::Impl::drop_front(Stored& s, std::size_t chunks) {
    const std::size_t before = footprint(s);
    s.chunks.erase(s.chunks.begin(), s.chunks.begin() + static_cast<std::ptrdiff_t>(chunks));
    bytes_ -= before - footprint(s);
    if (s.chunks.empty()) remove(s);
}

void History::Impl::remove(Stored& s) {
    while (!s.memberships.empty()) s.memberships.back().selection->leave(s);
    const auto entry = names_.find(s.ref.labels().get(name_label_));
    auto& peers = entry->second.series;
    peers.back()->name_index = s.name_index;
    peers[s.name_index] = peers.back();
    peers.pop_back();
    if (peers.empty() && entry->second.selections.empty()) names_.erase(entry);
    bytes_ -= weight(s) + footprint(s);
    --series_;
    by_id_[s.ref.id()].reset();
}

void History::Impl::trim(Timestamp at) {
    // A chunk more or less of age makes no difference: looking at every series once in a hundredth
    // of `keep` keeps this out of the cost of a cycle.
    const std::int64_t now = to_unix_ms(at);
    const std::int64_t pause = options_.keep.count() / 128;
    if (trimmed_ && now >= trimmed_at_ && now - trimmed_at_ < pause) return;
    trimmed_ = true;
    trimmed_at_ = now;
    for (const auto& place : by_id_) {
        if (place == nullptr) continue;
        Stored& s = *place;
        const std::int64_t horizon = now - std::max(options_.keep.count(), s.reach);
        std::size_t old = 0;
        while (old < s.chunks.size() && s.chunks[old].last() < horizon) ++old;
        if (old > 0) drop_front(s, old);
    }
    enforced_ = 0;  // what could not be freed then may have ended since
}

// Drops series that have ended, then the oldest chunks of all, until a sixteenth of the limit is
// free again, so that it does not run for every sample. A chunk still being written goes last. So a
// source that makes up ever new series costs the others' history nothing as long as it is they that
// fill it.
void History::Impl::enforce_limit() {
    const std::uint64_t target = options_.limit.count - options_.limit.count / 16;
    drop_ended(target);
    struct Old {
        std::int64_t last;
        SeriesId id;
        bool operator<(const Old& o) const { return last > o.last; }  // the oldest on top
    };
    std::vector<Old> heap;
    heap.reserve(series_);
    for (const auto& s : by_id_) {
        if (s != nullptr && s->chunks.size() > 1)
            heap.push_back({s->chunks[0].last(), s->ref.id()});
    }
    std::make_heap(heap.begin(), heap.end());
    while (bytes_ > target && !heap.empty()) {
        std::pop_heap(heap.begin(), heap.end());
        Stored& s = *by_id_[heap.back().id];
        heap.pop_back();
        drop_front(s, 1);
        ++losses_.chunks;
        if (s.chunks.size() > 1) {
            heap.push_back({s.chunks[0].last(), s.ref.id()});
            std::push_heap(heap.begin(), heap.end());
        }
    }
    if (bytes_ > options_.limit.count) drop_series(target);
    enforced_ = bytes_ > options_.limit.count ? bytes_ : 0;
}

void History::Impl::drop_ended(std::uint64_t target) {
    std::vector<std::pair<std::int64_t, SeriesId>> ended;
    for (const auto& s : by_id_) {
        if (s != nullptr && is_stale(std::bit_cast<double>(s->head.bits))) {
            ended.emplace_back(s->head.t, s->ref.id());
        }
    }
    std::sort(ended.begin(), ended.end());
    for (const auto& [_, id] : ended) {
        if (bytes_ <= target) break;
        losses_.chunks += by_id_[id]->chunks.size();
        remove(*by_id_[id]);
    }
}

// Nothing but newest chunks is left. Series that no rule sees any more go, the one silent longest
// first, then those that came last: what is written in turn would else push out what is written
// next, and every series would come and go.
void History::Impl::drop_series(std::uint64_t target) {
    std::int64_t newest = 0;
    for (const auto& s : by_id_) {
        if (s != nullptr) newest = std::max(newest, s->head.t);
    }
    // Whether rules see it, since when (the newest first), its last sample's time.
    std::vector<std::tuple<bool, std::int64_t, std::int64_t, SeriesId>> places;
    places.reserve(series_);
    for (const auto& s : by_id_) {
        // The caller is writing to one of the newest.
        if (s == nullptr || s->head.t == newest) continue;
        const bool seen = newest - s->head.t <= kSeenFor.count();
        places.emplace_back(seen, seen ? -s->since : 0, s->head.t, s->ref.id());
    }
    std::sort(places.begin(), places.end());
    for (const auto& [seen, since, last, id] : places) {
        if (bytes_ <= target) break;
        losses_.chunks += by_id_[id]->chunks.size();
        remove(*by_id_[id]);
    }
}

std::shared_ptr<Selection> History::Impl::select(Matchers matchers, Duration reach) {
    const auto name = std::find_if(matchers.begin(), matchers.end(), [&](const Matcher& m) {
        return m.name() == name_label_ && m.op() == MatchOp::kEqual;
    });
    Named* named = name == matchers.end() ? nullptr : &names_[Symbol(name->value())];
    for (SelectionImpl* s : named != nullptr ? named->selections : nameless_) {
        if (s->same(matchers, reach)) return s->shared_from_this();
    }
    const auto key = named != nullptr ? Symbol(name->value()) : Symbol();
    auto selection =
        std::make_shared<SelectionImpl>(*this, std::move(matchers), reach, key, named != nullptr);
    selections_.push_back(selection.get());
    (named != nullptr ? named->selections : nameless_).push_back(selection.get());
    if (named != nullptr) {
        for (Stored* s : named->series) selection->offer(*s);
    } else {
        for (const auto& s : by_id_) {
            if (s != nullptr) selection->offer(*s);
        }
    }
    return selection;
}

void History::Impl::forget(SelectionImpl& selection) {
    std::erase(selections_, &selection);
    if (!selection.named()) {
        std::erase(nameless_, &selection);
        return;
    }
    const auto entry = names_.find(selection.name());
    std::erase(entry->second.selections, &selection);
    if (entry->second.series.empty() && entry->second.selections.empty()) names_.erase(entry);
}

History::History(HistoryOptions options) : impl_(std::make_unique<Impl>(options)) {}
History::~History() = default;
bool History::append(const SeriesRef& series, Timestamp t, double v) {
    return impl_->append(series, t, v);
}
void History::trim(Timestamp now) {
    impl_->trim(now);
}
std::shared_ptr<Selection> History::select(Matchers matchers, Duration reach) {
    return impl_->select(std::move(matchers), reach);
}
std::size_t History::series() const {
    return impl_->series();
}
std::size_t History::bytes() const {
    return impl_->bytes();
}
HistoryLosses History::losses() const {
    return impl_->losses();
}

}  // namespace tocsin::rules
