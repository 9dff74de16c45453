#include <algorithm>
#include <utility>

#include "rules/history/store.h"

namespace tocsin::rules {

SelectionImpl::SelectionImpl(History::Impl& history, Matchers matchers, Duration reach, Symbol name,
                             bool named)
    : history_(&history),
      matchers_(std::move(matchers)),
      reach_(reach),
      name_(std::move(name)),
      named_(named) {}

SelectionImpl::~SelectionImpl() {
    if (history_ == nullptr) return;
    while (!stored_.empty()) leave(*stored_.back());
    history_->forget(*this);
}

void SelectionImpl::offer(Stored& s) {
    if (!matches_all(matchers_, s.ref.labels())) return;
    s.memberships.push_back({this, static_cast<std::uint32_t>(stored_.size())});
    s.reach = std::max(s.reach, reach_.count());
    stored_.push_back(&s);
    refs_.push_back(s.ref);
    ++epoch_;
}

void SelectionImpl::leave(Stored& s) {
    const auto of = [this](const Membership& m) { return m.selection == this; };
    const auto mine = std::find_if(s.memberships.begin(), s.memberships.end(), of);
    const std::uint32_t index = mine->index;
    *mine = s.memberships.back();
    s.memberships.pop_back();
    s.reach = 0;
    for (const Membership& m : s.memberships) {
        s.reach = std::max(s.reach, m.selection->reach_.count());
    }
    if (windows_.size() == stored_.size()) {
        std::swap(windows_[index], windows_.back());
        drop(windows_.back());
        windows_.pop_back();
    } else if (index < windows_.size()) {  // the one that moves here has none yet
        drop(windows_[index]);
    }
    Stored& moved = *stored_.back();
    if (&moved != &s) {
        std::find_if(moved.memberships.begin(), moved.memberships.end(), of)->index = index;
        stored_[index] = &moved;
        refs_[index] = std::move(refs_.back());
    }
    stored_.pop_back();
    refs_.pop_back();
    ++epoch_;
}

void SelectionImpl::orphan() {
    history_ = nullptr;
    windows_.clear();
    stored_.clear();
    refs_.clear();
    ++epoch_;
}

std::span<const Sample> SelectionImpl::samples(std::size_t i, Timestamp from, Timestamp to) {
    const Stored& s = *stored_[i];
    const std::int64_t low = to_unix_ms(from);
    const std::int64_t high = to_unix_ms(to);
    Window* kept = high >= s.head.t ? window(i, low) : nullptr;
    if (kept == nullptr) {
        scratch_.clear();
        unpack(s, low, high, scratch_);
        return scratch_;
    }
    const auto found = kept->since(low);
    opened_ += found.size();
    return found;
}

Window* SelectionImpl::window(std::size_t i, std::int64_t low) {
    const Stored& s = *stored_[i];
    if (windows_.size() < stored_.size()) windows_.resize(stored_.size());
    Window& w = windows_[i];
    const std::size_t before = w.capacity();
    if (w.holds(low) && w.behind(s.appended) <= 1) {
        if (w.behind(s.appended) == 1) {
            w.push({from_unix_ms(s.head.t), std::bit_cast<double>(s.head.bits)});
        }
    } else {
        std::size_t wanted = 0;
        for (const Chunk& c : s.chunks) {
            if (c.last() > low) wanted += static_cast<std::size_t>(c.count());
        }
        if (history_->unpacked() - before + wanted > kUnpackedSamples) return nullptr;
        unpack(s, low, s.head.t, w.refill(low, s.appended, wanted));
    }
    history_->unpacked() += w.capacity() - before;
    if (history_->unpacked() <= kUnpackedSamples) return &w;
    drop(w);
    return nullptr;
}

void SelectionImpl::drop(Window& window) {
    history_->unpacked() -= window.capacity();
    window = Window();
}

void SelectionImpl::unpack(const Stored& s, std::int64_t low, std::int64_t high,
                           std::vector<Sample>& out) {
    for (const Chunk& chunk : s.chunks) {
        if (chunk.last() <= low) continue;
        if (chunk.first() > high) return;
        opened_ += static_cast<std::uint64_t>(chunk.count());
        ChunkReader reader(chunk);
        while (reader.next()) {
            if (reader.t() <= low) continue;
            if (reader.t() > high) return;
            if (!is_stale(reader.v())) out.push_back({from_unix_ms(reader.t()), reader.v()});
        }
    }
}

bool SelectionImpl::last(std::size_t i, Timestamp from, Timestamp to, Sample& out) {
    const Stored& s = *stored_[i];
    const std::int64_t low = to_unix_ms(from);
    const std::int64_t high = to_unix_ms(to);
    // Rules look at now: the newest sample, which needs no decoding.
    if (s.head.t <= high) {
        if (s.head.t <= low) return false;
        out = {from_unix_ms(s.head.t), std::bit_cast<double>(s.head.bits)};
        return true;
    }
    // The newest chunk that starts in time has it; the ones after start later.
    const auto after =
        std::upper_bound(s.chunks.begin(), s.chunks.end(), high,
                         [](std::int64_t t, const Chunk& c) { return t < c.first(); });
    if (after == s.chunks.begin() || std::prev(after)->last() <= low) return false;
    bool found = false;
    opened_ += static_cast<std::uint64_t>(std::prev(after)->count());
    ChunkReader reader(*std::prev(after));
    while (reader.next() && reader.t() <= high) {
        if (reader.t() <= low) continue;
        out = {from_unix_ms(reader.t()), reader.v()};
        found = true;
    }
    return found;
}

}  // namespace tocsin::rules
