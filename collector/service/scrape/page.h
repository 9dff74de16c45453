// Reading a scraped page: Prometheus's text format 0.0.4 and OpenMetrics 1.0.
//
// What Prometheus's own scrape reads is read, what it refuses is refused; that is more lenient than
// the strict parser for files (collector/api/text_format.h). A page is gone through without
// building anything: a sample's name and labels stay the bytes that they are, so that whoever knows
// these bytes already need not take them apart again. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/text_format.h"

namespace tocsin::collector {

enum class PageFormat { kText, kOpenMetrics };
// By the Content-Type of the answer; anything but OpenMetrics's is the text format.
PageFormat page_format(std::string_view content_type);

enum class PageType {
    kUnknown,
    kCounter,
    kGauge,
    kSummary,
    kHistogram,
    kGaugeHistogram,
    kInfo,
    kStateSet,
};

struct PageEntry {
    enum class Kind { kSample, kType, kHelp, kUnit };
    Kind kind = Kind::kSample;
    std::string_view name;    // the metric's, or of kType, kHelp and kUnit the family's
    std::string_view series;  // kSample: its name and labels as they stand on the page
    std::string_view text;    // kHelp: with its escapes; kUnit
    PageType type = PageType::kUnknown;
    double value = 0;
    std::optional<std::int64_t> time_ms;
};

class PageReader {
  public:
    PageReader(std::string_view page, PageFormat format) : rest_(page), format_(format) {}

    // The next entry; false at the end of the page and at the first mistake. Exemplars are skipped.
    bool next(PageEntry& entry);
    std::size_t line() const { return entry_line_; }  // where the last entry begins
    // "line N: what is wrong", once next() has said false for that; "" at the page's end.
    const std::string& trouble() const { return trouble_; }

  private:
    bool text_entry(PageEntry& entry);
    bool open_entry(PageEntry& entry);
    bool text_comment(PageEntry& entry);
    bool pass_comment();
    bool open_comment(PageEntry& entry);
    bool text_sample(PageEntry& entry);
    bool open_sample(PageEntry& entry);
    bool described(PageEntry& entry, PageEntry::Kind kind, std::string_view text);
    bool take_series(PageEntry& entry);
    bool take_value(PageEntry& entry);
    bool open_time(PageEntry& entry);
    bool exemplar(std::string_view name);
    bool wrong(std::string_view what);

    void skip_gaps();
    std::string_view take_name();
    std::string_view take_word();
    std::string_view take_line();
    bool take(std::string_view text);
    bool take_newline();

    std::string_view rest_;
    PageFormat format_;
    std::size_t line_ = 1;
    std::size_t entry_line_ = 0;
    std::string trouble_;
};

// Where the labels that begin `text` with a brace end, behind the closing one; npos when they do
// not. What stands in quotes is passed over; `lines` counts the line breaks there.
std::size_t end_of_labels(std::string_view text, std::size_t& lines);

// Takes a sample's bytes apart into its labels in their order, __name__ first, those with an empty
// value among them. kInvalid says what is wrong with them, kConflict that one stands twice.
Result<void> read_series(std::string_view series, PageFormat format, std::vector<TextLabel>& into);

// A help text or a label's value without its escapes; what is no escape stays as it is.
std::string unescaped(std::string_view text);

}  // namespace tocsin::collector
