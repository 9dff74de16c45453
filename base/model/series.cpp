#include "base/model/series.h"

#include <atomic>
#include <mutex>
#include <unordered_set>
#include <utility>

namespace tocsin {

std::string_view to_string(MetricType type) {
    switch (type) {
        case MetricType::kUntyped:
            return "untyped";
        case MetricType::kCounter:
            return "counter";
        case MetricType::kGauge:
            return "gauge";
        case MetricType::kSummary:
            return "summary";
        case MetricType::kHistogram:
            return "histogram";
    }
    return "untyped";
}

struct SeriesRef::Node {
    std::atomic<std::uint32_t> refs{0};
    SeriesId id = 0;
    Labels labels;
    std::atomic<const MetricDesc*> desc{nullptr};
    SeriesTable::Impl* table = nullptr;
};

namespace {

constexpr MetricDesc kRecorded{.name = "", .help = "", .revisable = true};

struct NodeHash {
    using is_transparent = void;
    std::size_t operator()(const SeriesRef::Node* n) const { return n->labels.hash(); }
    std::size_t operator()(const Labels& l) const { return l.hash(); }
};

struct NodeEqual {
    using is_transparent = void;
    bool operator()(const SeriesRef::Node* a, const SeriesRef::Node* b) const { return a == b; }
    bool operator()(const Labels& a, const SeriesRef::Node* b) const { return a == b->labels; }
    bool operator()(const SeriesRef::Node* a, const Labels& b) const { return a->labels == b; }
};

}  // namespace

struct SeriesTable::Impl {
    Labels target;
    mutable std::mutex mutex;
    std::unordered_set<SeriesRef::Node*, NodeHash, NodeEqual> nodes;
    std::vector<SeriesId> free_ids;
    SeriesId capacity = 0;
    std::atomic<std::uint64_t> redescribed{0};

    // A rule may have recorded the name before a collector came that can describe it.
    void describe(SeriesRef::Node& node, const MetricDesc* desc) {
        const MetricDesc* now = node.desc.load(std::memory_order_relaxed);
        if (desc == nullptr || desc == now || (now != nullptr && !now->revisable)) return;
        node.desc.store(desc, std::memory_order_release);
        redescribed.fetch_add(1, std::memory_order_release);
    }

    void release(SeriesRef::Node* node) {
        const std::lock_guard lock(mutex);
        // Somebody may have found the series again before we had the lock.
        if (node->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
        nodes.erase(nodes.find(node->labels));
        free_ids.push_back(node->id);
        delete node;
    }
};

SeriesRef::SeriesRef(const SeriesRef& other) noexcept : node_(other.node_) {
    if (node_ != nullptr) node_->refs.fetch_add(1, std::memory_order_relaxed);
}

SeriesRef::~SeriesRef() {
    if (node_ == nullptr) return;
    std::uint32_t n = node_->refs.load(std::memory_order_relaxed);
    while (n > 1) {
        if (node_->refs.compare_exchange_weak(n, n - 1, std::memory_order_release,
                                              std::memory_order_relaxed)) {
            return;
        }
    }
    node_->table->release(node_);
}

SeriesId SeriesRef::id() const noexcept {
    return node_->id;
}

const Labels& SeriesRef::labels() const noexcept {
    return node_->labels;
}

const MetricDesc& SeriesRef::desc() const noexcept {
    const MetricDesc* desc = node_->desc.load(std::memory_order_acquire);
    return desc == nullptr ? kRecorded : *desc;
}

SeriesTable::SeriesTable(Labels target) : impl_(std::make_unique<Impl>()) {
    impl_->target = std::move(target);
}
SeriesTable::~SeriesTable() = default;

SeriesRef SeriesTable::get(const MetricDesc* desc, const Labels& labels) {
    Labels full = labels;
    if (desc != nullptr) {
        LabelsBuilder builder(labels);
        builder.set(kMetricName, desc->name);
        for (const auto& label : impl_->target) {
            if (labels.get(label.name).empty()) builder.set(label.name, label.value);
        }
        full = builder.build();
    }
    return get_whole(desc, full);
}

SeriesRef SeriesTable::get_whole(const MetricDesc* desc, const Labels& labels) {
    const std::lock_guard lock(impl_->mutex);
    if (const auto at = impl_->nodes.find(labels); at != impl_->nodes.end()) {
        (*at)->refs.fetch_add(1, std::memory_order_relaxed);
        impl_->describe(**at, desc);
        return SeriesRef(*at);
    }
    SeriesId id = impl_->capacity;
    if (impl_->free_ids.empty()) {
        ++impl_->capacity;
    } else {
        id = impl_->free_ids.back();
        impl_->free_ids.pop_back();
    }
    auto node = std::make_unique<SeriesRef::Node>();
    node->refs = 1;
    node->id = id;
    node->labels = labels;
    node->desc = desc;
    node->table = impl_.get();
    impl_->nodes.insert(node.get());
    return SeriesRef(node.release());
}

const Labels& SeriesTable::target() const {
    return impl_->target;
}

std::size_t SeriesTable::size() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->nodes.size();
}

SeriesId SeriesTable::capacity() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->capacity;
}

std::uint64_t SeriesTable::redescribed() const noexcept {
    return impl_->redescribed.load(std::memory_order_acquire);
}

}  // namespace tocsin
