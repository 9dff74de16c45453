#include "collector/host/fibrechannel.h"

#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kInfo{"node_fibrechannel_info",
                           "Non-numeric data from /sys/class/fc_host/<host>, value is always 1.",
                           MetricType::kGauge};

// Files and labels alike; addresses lose their 0x.
struct WordRow {
    std::string_view name;
    bool address = false;
};
constexpr std::array<WordRow, 10> kWords{{{"speed"},
                                          {"port_state"},
                                          {"port_type"},
                                          {"port_id", true},
                                          {"port_name", true},
                                          {"fabric_name", true},
                                          {"symbolic_name"},
                                          {"supported_classes"},
                                          {"supported_speeds"},
                                          {"dev_loss_tmo"}}};

struct CounterRow {
    std::string_view file;
    MetricDesc desc;
};
constexpr CounterRow row(std::string_view file, std::string_view name, std::string_view help) {
    return {file, {name, help, MetricType::kCounter}};
}
constexpr std::array<CounterRow, 14> kCounters{{
    row("dumped_frames", "node_fibrechannel_dumped_frames_total", "Number of dumped frames"),
    row("error_frames", "node_fibrechannel_error_frames_total", "Number of errors in frames"),
    row("invalid_crc_count", "node_fibrechannel_invalid_crc_total",
        "Invalid Cyclic Redundancy Check count"),
    row("rx_frames", "node_fibrechannel_rx_frames_total", "Number of frames received"),
    row("rx_words", "node_fibrechannel_rx_words_total", "Number of words received by host port"),
    row("tx_frames", "node_fibrechannel_tx_frames_total",
        "Number of frames transmitted by host port"),
    row("tx_words", "node_fibrechannel_tx_words_total", "Number of words transmitted by host port"),
    row("seconds_since_last_reset", "node_fibrechannel_seconds_since_last_reset_total",
        "Number of seconds since last host port reset"),
    row("invalid_tx_word_count", "node_fibrechannel_invalid_tx_words_total",
        "Number of invalid words transmitted by host port"),
    row("link_failure_count", "node_fibrechannel_link_failure_total",
        "Number of times the host port link has failed"),
    row("loss_of_sync_count", "node_fibrechannel_loss_of_sync_total",
        "Number of failures on either bit or transmission word boundaries"),
    row("loss_of_signal_count", "node_fibrechannel_loss_of_signal_total",
        "Number of times signal has been lost"),
    row("nos_count", "node_fibrechannel_nos_total",
        "Number Not_Operational Primitive Sequence received by host port"),
    row("fcp_packet_aborts", "node_fibrechannel_fcp_packet_aborts_total",
        "Number of aborted packets"),
}};

struct Word {
    ProcFile file;
    std::string text;
};
struct Counter {
    ProcFile file;
    SeriesRef series;
};
struct Port {
    std::vector<Word> words;
    std::vector<Counter> counters;
    SeriesRef info;  // made again when a word changes
};

class Fibrechannel final : public Collector {
  public:
    explicit Fibrechannel(const Context& context)
        : class_(context.paths.sysfs + "/class/fc_host/"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        ports_.begin();
        for (const std::string& name : names_in(class_)) {
            Port& port = ports_.at(name, [&] { return make_port(name); });
            if (read_words(port) || !port.info) port.info = make_info(name, port);
            out.push_back({port.info, 1});
            for (Counter& counter : port.counters) keep_first(result, report(counter, out));
        }
        ports_.finish();
        return result;
    }

  private:
    Port make_port(const std::string& name) {
        Port port;
        const std::string path = class_ + name + "/";
        for (const WordRow& word : kWords) {
            port.words.push_back({ProcFile(path + std::string(word.name)), {}});
        }
        const Labels labels{{"fc_host", valid_utf8(name)}};
        for (const CounterRow& counter : kCounters) {
            port.counters.push_back({ProcFile(path + "statistics/" + std::string(counter.file)),
                                     table_->get(&counter.desc, labels)});
        }
        return port;
    }

    SeriesRef make_info(const std::string& name, const Port& port) {
        LabelsBuilder labels;
        labels.set("fc_host", valid_utf8(name));
        for (std::size_t i = 0; i < kWords.size(); ++i) {
            labels.set(kWords[i].name, valid_utf8(port.words[i].text));
        }
        return table_->get(&kInfo, labels.build());
    }

    // Whether a word changed. A driver need not have every file.
    bool read_words(Port& port) {
        bool changed = false;
        for (std::size_t i = 0; i < kWords.size(); ++i) {
            const Result<std::string_view> text = port.words[i].file.read(buffer_);
            std::string_view now = text ? trim(text.value()) : std::string_view();
            if (kWords[i].address && now.size() > 2) now.remove_prefix(2);
            if (now == port.words[i].text) continue;
            port.words[i].text = now;
            changed = true;
        }
        return changed;
    }

    Result<void> report(Counter& counter, Readings& out) {
        const Result<std::string_view> text = counter.file.read(buffer_);
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        const std::string_view word = trim(text.value());
        const auto value = parse_fc_counter(word);
        if (!value) {
            return Error(ErrorCode::kInvalid,
                         counter.file.path() + ": \"" + valid_utf8(word) + "\"");
        }
        // All bits set is how an adapter says that it does not count this.
        if (*value != UINT64_MAX) out.push_back({counter.series, static_cast<double>(*value)});
        return success();
    }

    std::string class_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<Port> ports_;
};

}  // namespace

std::optional<std::uint64_t> parse_fc_counter(std::string_view text) {
    if (!text.starts_with("0x")) return to_uint(text);
    text.remove_prefix(2);
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value, 16);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

Result<std::unique_ptr<Collector>> create_fibrechannel(const Context& context) {
    return std::make_unique<Fibrechannel>(context);
}

}  // namespace tocsin::collector
