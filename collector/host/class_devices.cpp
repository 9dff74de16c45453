#include "collector/host/class_devices.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/core/strings.h"
#include "collector/api/directory.h"

namespace tocsin::collector {

Result<void> list_directory(const std::string& path, Entries kind,
                            std::vector<std::string>& names) {
    names.clear();
    const int error = for_each_entry(path, [&](std::string_view name, EntryType type) {
        if ((type == EntryType::kFile) == (kind == Entries::kFiles)) names.emplace_back(name);
    });
    if (error != 0 && error != ENOENT) return errno_error(path, error);
    std::sort(names.begin(), names.end());
    return success();
}

std::optional<std::int64_t> parse_attribute(std::string_view text) {
    text = trim(text);
    if (!text.starts_with("0x")) return parse_int(text);
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + 2, end, value, 16);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

InfoSeries::InfoSeries(const MetricDesc* desc, std::string_view identity, std::string_view device,
                       const std::string& directory, std::span<const WordSource> sources)
    : desc_(desc), identity_(identity), device_(valid_utf8(device)) {
    for (const WordSource& source : sources) {
        words_.push_back(
            {source.label, ProcFile(directory + "/" + std::string(source.file)), std::string()});
    }
}

void InfoSeries::read_words(ReadBuffer& buffer) {
    read_ = 0;
    for (Word& word : words_) {
        const Result<std::string_view> text = word.file.read(buffer);
        if (text) ++read_;
        const std::string_view now = text ? trim(text.value()) : std::string_view();
        if (now == word.text) continue;
        word.text = now;
        changed_ = true;
    }
}

void InfoSeries::collect(SeriesTable& table, ReadBuffer& buffer, Readings& out) {
    changed_ = !series_;
    read_words(buffer);
    if (none_read()) return;
    if (changed_) {
        LabelsBuilder labels;
        labels.set(identity_, device_);
        for (const Word& word : words_) labels.set(word.label, valid_utf8(word.text));
        series_ = table.get(desc_, labels.build());
    }
    out.push_back({series_, 1});
}

}  // namespace tocsin::collector
