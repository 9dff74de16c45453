// Readings in Prometheus's text format 0.0.4.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/model/labels.h"
#include "base/model/series.h"
#include "base/net/template_gzip.h"

namespace tocsin::collector {

inline constexpr std::string_view kExpositionContentType =
    "text/plain; version=0.0.4; charset=utf-8";

// Families sorted by name, series by labels, each series once. The first series that is described
// for good describes its family. The labels of `host` (its instance and job) are left out, as
// exporters do, where a target has not its own instead; so are series that have ended (stale).
//
// All of a page but its values stays as it was while the series stay the same, in their order,
// which is nearly always: it is kept, and a page of 500 series costs 25 µs instead of 250; so it is
// in the compressed page.
class Exposition {
  public:
    explicit Exposition(const SeriesTable& table);  // of the readings; its target is the host
    std::string text(std::span<const Reading> readings);
    // The page that text() gave last, compressed.
    std::string gzip(std::string_view page);

  private:
    // What stands before a value: from `begin` to the next row's in `layout_`.
    struct Row {
        std::size_t reading;
        std::size_t begin;
    };
    friend std::string exposition(std::span<const Reading> readings, const Labels& host);
    Exposition(Labels host, const SeriesTable* table);

    std::uint64_t redescribed() const { return table_ == nullptr ? 0 : table_->redescribed(); }
    bool is_laid_out(std::span<const Reading> readings) const;
    void lay_out(std::span<const Reading> readings);

    Labels host_;
    const SeriesTable* table_;       // none for a page that is made once
    std::uint64_t redescribed_ = 0;  // of the table, before the page was laid out
    std::vector<SeriesRef> of_;      // by reading; none where it has ended
    std::string layout_;
    std::vector<Row> rows_;
    std::vector<net::TextPart> values_;  // of the last page, with what ends their lines
    // Once a layout has lasted: making it costs as much as compressing several pages.
    std::optional<net::TemplateGzip> template_;
    int compressed_ = 0;  // pages of this layout
};

// The same once. Pure.
std::string exposition(std::span<const Reading> readings, const Labels& host = {});

}  // namespace tocsin::collector
