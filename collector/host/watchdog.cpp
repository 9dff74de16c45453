#include "collector/host/watchdog.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

struct Number {
    std::string_view file;
    MetricDesc desc;
};
constexpr std::array<Number, 7> kNumbers{{
    {"bootstatus",
     {"node_watchdog_bootstatus", "Value of /sys/class/watchdog/<watchdog>/bootstatus",
      MetricType::kGauge}},
    {"fw_version",
     {"node_watchdog_fw_version", "Value of /sys/class/watchdog/<watchdog>/fw_version",
      MetricType::kGauge}},
    {"nowayout",
     {"node_watchdog_nowayout", "Value of /sys/class/watchdog/<watchdog>/nowayout",
      MetricType::kGauge}},
    {"timeleft",
     {"node_watchdog_timeleft_seconds", "Value of /sys/class/watchdog/<watchdog>/timeleft",
      MetricType::kGauge}},
    {"timeout",
     {"node_watchdog_timeout_seconds", "Value of /sys/class/watchdog/<watchdog>/timeout",
      MetricType::kGauge}},
    {"pretimeout",
     {"node_watchdog_pretimeout_seconds", "Value of /sys/class/watchdog/<watchdog>/pretimeout",
      MetricType::kGauge}},
    {"access_cs0",
     {"node_watchdog_access_cs0", "Value of /sys/class/watchdog/<watchdog>/access_cs0",
      MetricType::kGauge}},
}};
constexpr MetricDesc kInfo{"node_watchdog_info", "Info of /sys/class/watchdog/<watchdog>",
                           MetricType::kGauge};
// Files and labels alike.
constexpr std::array<std::string_view, 5> kWords{"options", "identity", "state", "status",
                                                 "pretimeout_governor"};

struct Source {
    ProcFile file;
    SeriesRef series;
};
struct Word {
    ProcFile file;
    std::string text;
};
struct Device {
    std::vector<Source> numbers;
    std::vector<Word> words;
    SeriesRef info;  // made again when a word changes
};

class Watchdog final : public Collector {
  public:
    explicit Watchdog(const Context& context)
        : class_(context.paths.sysfs + "/class/watchdog/"), table_(context.series) {}

    // A host without a watchdog, or whose driver is not loaded, has no such class or an empty one.
    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        devices_.begin();
        for (const std::string& name : names_in(class_)) {
            Device& device = devices_.at(name, [&] { return make_device(name); });
            for (Source& source : device.numbers) keep_first(result, report(source, out));
            if (read_words(device) || !device.info) device.info = make_info(name, device);
            out.push_back({device.info, 1});
        }
        devices_.finish();
        return result;
    }

  private:
    Device make_device(const std::string& name) {
        Device device;
        const Labels labels{{"name", valid_utf8(name)}};
        for (const Number& number : kNumbers) {
            device.numbers.push_back({ProcFile(class_ + name + "/" + std::string(number.file)),
                                      table_->get(&number.desc, labels)});
        }
        for (const std::string_view word : kWords) {
            device.words.push_back({ProcFile(class_ + name + "/" + std::string(word)), {}});
        }
        return device;
    }

    SeriesRef make_info(const std::string& name, const Device& device) {
        LabelsBuilder labels;
        labels.set("name", valid_utf8(name));
        for (std::size_t i = 0; i < kWords.size(); ++i) {
            labels.set(kWords[i], valid_utf8(device.words[i].text));
        }
        return table_->get(&kInfo, labels.build());
    }

    // Whether a word changed. A driver has only the files of what its hardware can.
    bool read_words(Device& device) {
        bool changed = false;
        for (Word& word : device.words) {
            const Result<std::string_view> text = word.file.read(buffer_);
            const std::string_view now = text ? trim(text.value()) : std::string_view();
            if (now == word.text) continue;
            word.text = now;
            changed = true;
        }
        return changed;
    }

    Result<void> report(Source& source, Readings& out) {
        const Result<std::string_view> text = source.file.read(buffer_);
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        const std::string_view word = trim(text.value());
        const auto number = parse_int(word);
        if (!number) {
            return Error(ErrorCode::kInvalid,
                         source.file.path() + ": \"" + valid_utf8(word) + "\"");
        }
        out.push_back({source.series, static_cast<double>(*number)});
        return success();
    }

    std::string class_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<Device> devices_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_watchdog(const Context& context) {
    return std::make_unique<Watchdog>(context);
}

}  // namespace tocsin::collector
