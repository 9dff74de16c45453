#include "base/model/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>

#include "base/core/strings.h"

namespace tocsin {

// The text follows in the same allocation.
struct Symbol::Entry {
    Entry* next;  // in the bucket; the shard's lock guards it
    std::uint64_t hash;
    std::atomic<std::uint32_t> refs;
    std::uint32_t length;

    std::string_view text() const noexcept {
        return {reinterpret_cast<const char*>(this + 1), length};
    }
};

namespace {

// Increments are ordered by whatever handed the reference over.
void add_ref(std::atomic<std::uint32_t>& refs) noexcept {
    refs.fetch_add(1, std::memory_order_relaxed);
}

// Drops one reference unless it is the last; the last one goes under the table's lock, where nobody
// can find the entry again in between.
bool drop_unless_last(std::atomic<std::uint32_t>& refs) noexcept {
    std::uint32_t n = refs.load(std::memory_order_relaxed);
    while (n > 1) {
        if (refs.compare_exchange_weak(n, n - 1, std::memory_order_release,
                                       std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

bool drop(std::atomic<std::uint32_t>& refs) noexcept {
    return refs.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

// A chained hash table of entries that live as long as somebody holds one.
class Shard {
  public:
    using Entry = Symbol::Entry;

    Entry* acquire(std::string_view text, std::uint64_t hash) {
        const std::lock_guard lock(mutex_);
        for (Entry* e = bucket(hash); e != nullptr; e = e->next) {
            if (e->hash == hash && e->text() == text) {
                add_ref(e->refs);
                return e;
            }
        }
        if (count_ >= buckets_.size()) grow();
        void* memory = ::operator new(sizeof(Entry) + text.size());
        auto* e =
            new (memory) Entry{bucket(hash), hash, {1}, static_cast<std::uint32_t>(text.size())};
        std::memcpy(static_cast<void*>(e + 1), text.data(), text.size());
        bucket(hash) = e;
        ++count_;
        return e;
    }

    void release(Entry* entry) {
        const std::lock_guard lock(mutex_);
        if (!drop(entry->refs)) return;  // found again before we had the lock
        Entry** at = &bucket(entry->hash);
        while (*at != entry) at = &(*at)->next;
        *at = entry->next;
        --count_;
        entry->~Entry();
        ::operator delete(entry);
    }

    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }

  private:
    Entry*& bucket(std::uint64_t hash) { return buckets_[(hash >> 8U) & (buckets_.size() - 1)]; }

    void grow() {
        std::vector<Entry*> old(buckets_.size() * 2, nullptr);
        std::swap(old, buckets_);
        for (Entry* e : old) {
            while (e != nullptr) {
                Entry* const next = e->next;
                e->next = bucket(e->hash);
                bucket(e->hash) = e;
                e = next;
            }
        }
    }

    mutable std::mutex mutex_;
    std::vector<Entry*> buckets_ = std::vector<Entry*>(32, nullptr);
    std::size_t count_ = 0;
};

constexpr std::size_t kShards = 16;
using SymbolTable = std::array<Shard, kShards>;

// The one table. Never destroyed: symbols of static life may outlive everything else.
SymbolTable& symbols() {
    static SymbolTable& table = *std::make_unique<SymbolTable>().release();
    return table;
}

Shard& shard_of(std::uint64_t hash) {
    return symbols()[hash % kShards];
}

std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
    // splitmix64's finisher: every bit of both reaches every bit of the result.
    std::uint64_t x = seed * 0x9E3779B97F4A7C15U + value;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

std::uint64_t text_hash(std::string_view text) {
    return mix(text.size(), std::hash<std::string_view>{}(text));
}

}  // namespace

Symbol::Symbol(std::string_view text) {
    if (text.empty()) return;
    const std::uint64_t hash = text_hash(text);
    entry_ = shard_of(hash).acquire(text, hash);
}

Symbol::Symbol(const Symbol& other) noexcept : entry_(other.entry_) {
    if (entry_ != nullptr) add_ref(entry_->refs);
}

Symbol::~Symbol() {
    if (entry_ == nullptr || drop_unless_last(entry_->refs)) return;
    shard_of(entry_->hash).release(entry_);
}

std::string_view Symbol::view() const noexcept {
    return entry_ == nullptr ? std::string_view{} : entry_->text();
}

std::uint64_t Symbol::hash() const noexcept {
    return entry_ == nullptr ? 0 : entry_->hash;
}

std::size_t symbol_count() {
    std::size_t n = 0;
    for (const Shard& shard : symbols()) n += shard.count();
    return n;
}

// The labels follow in the same allocation.
struct Labels::Set {
    mutable std::atomic<std::uint32_t> refs;
    std::uint32_t count;
    std::uint64_t hash;

    Label* labels() const noexcept { return reinterpret_cast<Label*>(const_cast<Set*>(this) + 1); }
    std::span<const Label> all() const noexcept { return {labels(), count}; }

    static const Set* create(std::span<const Label> from) {
        static_assert(alignof(Label) <= alignof(Set));
        void* memory = ::operator new(sizeof(Set) + from.size_bytes());
        std::uint64_t hash = 0;
        for (const Label& l : from) hash = mix(mix(hash, l.name.hash()), l.value.hash());
        auto* set = new (memory) Set{{1}, static_cast<std::uint32_t>(from.size()), hash};
        std::uninitialized_copy(from.begin(), from.end(), set->labels());
        return set;
    }
    static void release(const Set* set) noexcept {
        if (set == nullptr || !drop(set->refs)) return;
        std::destroy_n(set->labels(), set->count);
        set->~Set();
        ::operator delete(const_cast<Set*>(set));
    }
};

Labels::Labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
    LabelsBuilder builder;
    for (const auto& [name, value] : pairs) builder.set(name, value);
    *this = builder.build();
}

Labels::Labels(const Labels& other) noexcept : set_(other.set_) {
    if (set_ != nullptr) add_ref(set_->refs);
}

Labels::~Labels() {
    Set::release(set_);
}

std::string_view Labels::get(std::string_view name) const noexcept {
    for (const Label& l : all()) {
        if (l.name == name) return l.value.view();
    }
    return {};
}

Symbol Labels::get(const Symbol& name) const noexcept {
    for (const Label& l : all()) {
        if (l.name == name) return l.value;
    }
    return {};
}

std::span<const Label> Labels::all() const noexcept {
    return set_ == nullptr ? std::span<const Label>{} : set_->all();
}

std::uint64_t Labels::hash() const noexcept {
    return set_ == nullptr ? 0 : set_->hash;
}

bool Labels::operator==(const Labels& other) const noexcept {
    if (set_ == other.set_) return true;
    return hash() == other.hash() && std::ranges::equal(all(), other.all());
}

bool Labels::operator<(const Labels& other) const noexcept {
    const auto a = all();
    const auto b = other.all();
    const auto before = [](const Label& x, const Label& y) {
        if (x.name != y.name) return x.name.view() < y.name.view();
        return x.value != y.value && x.value.view() < y.value.view();
    };
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), before);
}

std::string Labels::text() const {
    std::string out(metric_name());
    std::string inner;
    for (const Label& l : all()) {
        if (l.name == kMetricName) continue;
        if (!inner.empty()) inner += ", ";
        inner += l.name.view();
        inner += '=';
        inner += quote(l.value.view());
    }
    if (!inner.empty() || out.empty()) out += "{" + inner + "}";
    return out;
}

LabelsBuilder::LabelsBuilder(const Labels& base) : labels_(base.begin(), base.end()) {}

LabelsBuilder& LabelsBuilder::set(std::string_view name, std::string_view value) {
    return set(Symbol(name), Symbol(value));
}

LabelsBuilder& LabelsBuilder::set(const Symbol& name, const Symbol& value) {
    if (value.empty()) return remove(name);
    const auto at = std::lower_bound(
        labels_.begin(), labels_.end(), name.view(),
        [](const Label& l, std::string_view wanted) { return l.name.view() < wanted; });
    if (at != labels_.end() && at->name == name) {
        at->value = value;
    } else {
        labels_.insert(at, Label{name, value});
    }
    return *this;
}

LabelsBuilder& LabelsBuilder::remove(std::string_view name) {
    std::erase_if(labels_, [&](const Label& l) { return l.name == name; });
    return *this;
}

LabelsBuilder& LabelsBuilder::remove(const Symbol& name) {
    std::erase_if(labels_, [&](const Label& l) { return l.name == name; });
    return *this;
}

LabelsBuilder& LabelsBuilder::keep_only(std::span<const Symbol> names) {
    std::erase_if(labels_, [&](const Label& l) {
        return std::find(names.begin(), names.end(), l.name) == names.end();
    });
    return *this;
}

Labels LabelsBuilder::build() const {
    Labels out;
    if (!labels_.empty()) out.set_ = Labels::Set::create(labels_);
    return out;
}

std::string fingerprint(const Labels& labels) {
    std::uint64_t sum = 14695981039346656037U;
    const auto add = [&sum](std::string_view text) {
        for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211U;
        sum = (sum ^ 0xFFU) * 1099511628211U;
    };
    for (const Label& l : labels) {
        add(l.name.view());
        add(l.value.view());
    }
    return fmt::format("{:016x}", sum);
}

namespace {

bool is_name(std::string_view text, std::string_view extra) {
    const auto first = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               extra.find(c) != std::string_view::npos;
    };
    if (text.empty() || !first(text.front())) return false;
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return first(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

bool is_label_name(std::string_view text) {
    return is_name(text, "");
}

bool is_metric_name(std::string_view text) {
    return is_name(text, ":");
}

}  // namespace tocsin
