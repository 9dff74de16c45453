// What sysfs tells of a device: names in a directory, words, whole numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/model/series.h"
#include "collector/api/collector.h"
#include "collector/api/procfile.h"

namespace tocsin::collector {

// A class lists its devices as links or directories; a regular file among them (bonding_masters)
// is a control. A device lists its attributes as regular files.
enum class Entries { kDevices, kFiles };

// The names of that kind in the directory, sorted, in place of what `names` held. None when there
// is no such directory: the kernel has no driver of the class, or the device has just gone.
Result<void> list_directory(const std::string& path, Entries kind, std::vector<std::string>& names);

// An attribute's whole number: decimal, or hexadecimal behind 0x. Blanks around it are ignored.
std::optional<std::int64_t> parse_attribute(std::string_view text);

// An attribute that becomes the label of an info metric.
struct WordSource {
    std::string_view label;
    std::string_view file;
};

// A series of value 1 whose labels are words that files hold. The files stay open; the series is
// made again only when a word has changed.
class InfoSeries {
  public:
    // `identity` is the label that names the device, and its value.
    InfoSeries(const MetricDesc* desc, std::string_view identity, std::string_view device,
               const std::string& directory, std::span<const WordSource> sources);

    // What cannot be read (the driver does not say) is an absent label.
    void collect(SeriesTable& table, ReadBuffer& buffer, Readings& out);

    std::string_view word(std::size_t source) const { return words_[source].text; }
    bool none_read() const { return read_ == 0; }  // the device has gone
    bool changed() const { return changed_; }      // in the last collect(), the first included

  private:
    struct Word {
        std::string_view label;
        ProcFile file;
        std::string text;
    };

    void read_words(ReadBuffer& buffer);

    const MetricDesc* desc_;
    std::string_view identity_;
    std::string device_;
    std::vector<Word> words_;
    SeriesRef series_;
    std::size_t read_ = 0;
    bool changed_ = false;
};

}  // namespace tocsin::collector
