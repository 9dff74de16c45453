// What a collector keeps for each item of a source that lists its items in a steady order: lines
// of /proc/meminfo, disks, CPUs. Finding an item costs one comparison while nothing changes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::collector {

// Value: what is kept (series, an open file, the last counters). Use: begin(); at(key, make) for
// each item in the order of the source; finish(), which drops the items that were not asked for.
template <class Value>
class Listing {
  public:
    void begin() { next_ = 0; }

    // The item's value; `make()` gives it when the item is new.
    template <class Make>
    Value& at(std::string_view key, Make&& make) {
        if (next_ == items_.size() || items_[next_].first != key) place(key, make);
        return items_[next_++].second;
    }

    void finish() { items_.erase(items_.begin() + offset(next_), items_.end()); }

    std::size_t size() const { return items_.size(); }

  private:
    template <class Make>
    void place(std::string_view key, Make& make) {
        for (std::size_t i = next_; i < items_.size(); ++i) {
            if (items_[i].first != key) continue;
            // It moved up because those before it have gone, or were listed in another order.
            std::pair<std::string, Value> item = std::move(items_[i]);
            items_.erase(items_.begin() + offset(i));
            items_.insert(items_.begin() + offset(next_), std::move(item));
            return;
        }
        items_.insert(items_.begin() + offset(next_), {std::string(key), make()});
    }

    static std::ptrdiff_t offset(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }

    std::vector<std::pair<std::string, Value>> items_;
    std::size_t next_ = 0;
};

}  // namespace tocsin::collector
