// What a program may leave in a *.prom file: the text format as textfile reads it.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "collector/api/text_format.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

void must(bool so) {
    if (!so) std::abort();
}

void check_families(const TextMetrics& metrics) {
    std::set<std::string_view> names;
    for (const TextFamily& family : metrics.families) {
        must(is_metric_name(family.name) && names.insert(family.name).second);
    }
}

void check_samples(const TextMetrics& metrics) {
    for (const TextSample& sample : metrics.samples) {
        must(sample.family < metrics.families.size() && is_metric_name(sample.name));
        must(sample.name.starts_with(metrics.families[sample.family].name));
        std::set<std::string_view> names;
        for (const TextLabel& label : sample.labels) {
            must(!label.name.empty() && names.insert(label.name).second);
        }
    }
}

std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
    return out;
}

std::string printed(const TextSample& sample) {
    std::string line = sample.name + "{";
    for (const TextLabel& label : sample.labels) {
        line += label.name + "=\"" + escaped(label.value) + "\",";
    }
    line += "} " + format_double(sample.value);
    if (sample.timestamp_ms) line += " " + std::to_string(*sample.timestamp_ms);
    return line + "\n";
}

// A sample written as the format has it reads as itself.
void check_again(const TextSample& sample) {
    const auto again = parse_text_format(printed(sample));
    must(again.has_value() && again.value().samples.size() == 1);
    const TextSample& read = again.value().samples.front();
    must(read.name == sample.name && read.timestamp_ms == sample.timestamp_ms);
    must(read.value == sample.value || (std::isnan(read.value) && std::isnan(sample.value)));
    must(read.labels.size() == sample.labels.size());
    for (std::size_t i = 0; i < read.labels.size(); ++i) {
        must(read.labels[i].name == sample.labels[i].name);
        must(read.labels[i].value == sample.labels[i].value);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto metrics = parse_text_format(text);
    if (!metrics) {
        must(metrics.error().message.starts_with("line "));
        return 0;
    }
    // What was cut off within its last line is no good file.
    const std::string_view cut = text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0));
    const std::string_view last = cut.substr(cut.rfind('\n') + 1);
    if (last.find_first_not_of(" \t") != std::string_view::npos) must(!parse_text_format(cut));
    check_families(metrics.value());
    check_samples(metrics.value());
    for (const TextSample& sample : metrics.value().samples) check_again(sample);
    return 0;
}
