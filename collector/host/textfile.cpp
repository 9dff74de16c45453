#include "collector/host/textfile.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/desc.h"
#include "collector/api/directory.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/settings.h"
#include "collector/api/text_format.h"
#include "collector/host/text_distributions.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kMtime{"node_textfile_mtime_seconds",
                            "Unixtime mtime of textfiles successfully read.", MetricType::kGauge};
constexpr MetricDesc kScrapeError{"node_textfile_scrape_error",
                                  "1 if there was an error opening or reading a file, 0 otherwise",
                                  MetricType::kGauge};

// A description lives as long as the process, so that what writes ever new names into its file
// must be stopped somewhere.
constexpr std::size_t kMostNames = 20'000;

// How much the reason of a failure names: every bad file, unless a directory is full of them.
constexpr std::size_t kMostReason = 2000;

struct File {
    std::string path;
    std::string content{};
    bool readable = false;
    std::string trouble{};   // why it is not reported; "" when it is
    std::string conflict{};  // why its first line that is not reported is not
    double mtime = 0;
    SeriesRef mtime_series{};
};

// The directories of a pattern; the text itself when nothing matches, so that what is missing is
// told by its name.
std::vector<std::string> expand(const std::string& pattern) {
    std::vector<std::string> paths;
    if (pattern.find_first_of("*?[\\") == std::string::npos) return {pattern};
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    if (paths.empty()) paths.push_back(pattern);
    return paths;
}

// What a directory held when it was listed.
struct Listed {
    dev_t device = 0;
    ino_t inode = 0;
    timespec changed{};
    Timestamp at{};
    std::vector<std::string> paths{};
};

// A directory that was changed so short before it was listed may be changed again in the same tick
// of its file system's clock.
constexpr Duration kYoung = 2s;
// Some file systems have no such times.
constexpr Duration kListAnyway = 10s;

bool is_still(const Listed& listed, const struct stat& directory, Timestamp now) {
    const Timestamp changed = from_unix_ms(listed.changed.tv_sec * 1000);
    return listed.at - changed > kYoung && now >= listed.at && now < listed.at + kListAnyway &&
           listed.device == directory.st_dev && listed.inode == directory.st_ino &&
           listed.changed.tv_sec == directory.st_ctim.tv_sec &&
           listed.changed.tv_nsec == directory.st_ctim.tv_nsec;
}

// The sorted paths of the directory's *.prom.
Result<std::vector<std::string>> list(const std::string& directory) {
    std::vector<std::string> paths;
    const int error = for_each_entry(directory, [&](std::string_view name, EntryType) {
        if (name.ends_with(".prom")) {
            paths.push_back((std::filesystem::path(directory) / name).string());
        }
    });
    if (error != 0) return errno_error(directory, error);
    std::sort(paths.begin(), paths.end());
    return paths;
}

MetricType type_of(TextType type) {
    switch (type) {
        case TextType::kCounter:
            return MetricType::kCounter;
        case TextType::kGauge:
            return MetricType::kGauge;
        case TextType::kSummary:
            return MetricType::kSummary;
        case TextType::kHistogram:
            return MetricType::kHistogram;
        case TextType::kUntyped:
            break;
    }
    return MetricType::kUntyped;
}

// As Prometheus stores them: a label that the target has too (instance, job) under exported_.
Labels labels_of(const TextSample& sample) {
    LabelsBuilder labels;
    for (const TextLabel& label : sample.labels) {
        const bool targets = label.name == "instance" || label.name == "job";
        labels.set(targets ? "exported_" + label.name : label.name, label.value);
    }
    return labels.build();
}

// All that went wrong, in one line.
class Reasons {
  public:
    void add(const std::string& reason) {
        if (reason.empty()) return;
        if (text_.size() >= kMostReason) {
            ++left_out_;
            return;
        }
        text_ += (text_.empty() ? "" : "; ") + reason;
    }
    std::string text() const {
        return left_out_ == 0 ? text_ : text_ + "; and " + std::to_string(left_out_) + " more";
    }

  private:
    std::string text_;
    std::size_t left_out_ = 0;
};

class Textfile final : public Collector {
  public:
    Textfile(const Context& context, std::string pattern, bool configured)
        : pattern_(std::move(pattern)),
          configured_(configured),
          table_(context.series),
          scrape_error_(table_->get(&kScrapeError, {})) {}

    Result<void> collect(Timestamp now, Readings& out) override {
        unlisted_.clear();
        changed_ = false;
        read_all(now);
        // Another collector may describe a series only after a file did.
        const std::uint64_t redescribed = table_->redescribed();
        if (changed_ || redescribed != redescribed_) merge();
        redescribed_ = redescribed;
        bool trouble = !unlisted_.empty();
        Reasons reasons;
        for (const std::string& reason : unlisted_) reasons.add(reason);
        for (const File* file : in_order_) {
            reasons.add(file->trouble.empty() ? file->conflict : file->trouble);
            trouble = trouble || !file->trouble.empty();
            if (file->trouble.empty()) out.push_back({file->mtime_series, file->mtime});
        }
        out.insert(out.end(), merged_.begin(), merged_.end());
        out.push_back({scrape_error_, trouble ? 1.0 : 0.0});
        const std::string why = reasons.text();
        if (!why.empty()) return Error(ErrorCode::kInvalid, why);
        return success();
    }

  private:
    using Descs = std::unordered_map<std::string, const MetricDesc*>;

    void read_all(Timestamp now) {
        const std::size_t before = files_.size();
        files_.begin();
        listed_.begin();
        in_order_.clear();
        for (const std::string& directory : expand(pattern_)) {
            const auto listed = look_into(directory, now);
            if (!listed) {
                const bool default_absent =
                    !configured_ && listed.error().code == ErrorCode::kNotFound;
                if (!default_absent) unlisted_.push_back(listed.error().message);
                continue;
            }
            for (const std::string& path : listed.value()->paths) read(path);
        }
        files_.finish();
        listed_.finish();
        if (files_.size() != before) changed_ = true;
    }

    Result<const Listed*> look_into(const std::string& directory, Timestamp now) {
        struct stat is {};
        if (::stat(directory.c_str(), &is) != 0) return errno_error(directory, errno);
        Listed& known = listed_.at(directory, [] { return Listed(); });
        if (is_still(known, is, now)) return &known;
        known = {};
        TOCSIN_TRY(std::vector<std::string> paths, list(directory));
        known = {is.st_dev, is.st_ino, is.st_ctim, now, std::move(paths)};
        return &known;
    }

    void read(const std::string& path) {
        std::unique_ptr<File>& file = files_.at(path, [&] {
            changed_ = true;
            return std::make_unique<File>(File{path});
        });
        in_order_.push_back(file.get());
        // Opened each time: writers put a new file in the old one's place.
        ProcFile opened(path);
        const Result<std::string_view> text = opened.read(buffer_);
        struct stat status {};
        if (!text || ::stat(path.c_str(), &status) != 0) {
            changed_ = changed_ || file->readable;
            file->readable = false;
            file->trouble = text ? path + ": gone while it was read" : text.error().message;
            return;
        }
        changed_ = changed_ || !file->readable || file->content != text.value();
        file->readable = true;
        file->content = text.value();
        file->mtime = static_cast<double>(status.st_mtim.tv_sec);
    }

    // Parses everything anew: a family's help names all files that have it.
    void merge() {
        std::vector<std::pair<File*, TextMetrics>> parsed;
        std::map<std::string, std::string> sources;  // of families without a help text
        for (File* file : in_order_) {
            if (!file->readable) continue;
            file->trouble.clear();
            Result<TextMetrics> metrics = parse_text_format(file->content);
            if (!metrics) {
                file->trouble = file->path + ": " + metrics.error().message;
                continue;
            }
            for (const TextSample& sample : metrics.value().samples) {
                if (sample.timestamp_ms) file->trouble = file->path + ": has timestamps";
            }
            if (!file->trouble.empty()) continue;
            for (const TextFamily& family : metrics.value().families) {
                if (family.help) continue;
                std::string& paths = sources[family.name];
                paths += (paths.empty() ? "Metric read from " : ", ") + file->path;
            }
            parsed.emplace_back(file, whole_distributions(std::move(metrics).value()));
        }
        build(parsed, sources);
    }

    void build(const std::vector<std::pair<File*, TextMetrics>>& parsed,
               const std::map<std::string, std::string>& sources) {
        const auto complain = [](File& file, const std::string& about) {
            if (file.conflict.empty()) file.conflict = file.path + ": " + about;
        };
        Readings merged;
        std::unordered_set<SeriesId> seen{scrape_error_.id()};
        Descs descs;
        for (const auto& [file, metrics] : parsed) {
            file->conflict.clear();
            file->mtime_series = table_->get(&kMtime, {{"file", valid_utf8(file->path)}});
            seen.insert(file->mtime_series.id());
        }
        for (const auto& [file, metrics] : parsed) {
            for (const TextSample& sample : metrics.samples) {
                const TextFamily& family = metrics.families[sample.family];
                const MetricDesc*& desc = descs[sample.name];
                if (desc == nullptr) {
                    desc = describe(sample.name, family,
                                    family.help ? *family.help : sources.at(family.name));
                }
                if (desc == nullptr) {
                    complain(*file, "more than " + std::to_string(kMostNames) +
                                        " different names since the start");
                    continue;
                }
                SeriesRef series = table_->get(desc, labels_of(sample));
                if (!says_the_same(series.desc(), *desc)) {
                    complain(*file, "another help or type than its collector's: " +
                                        series.labels().text());
                }
                if (!seen.insert(series.id()).second) {
                    complain(*file, "reported already: " + series.labels().text());
                    continue;
                }
                merged.push_back({std::move(series), sample.value});
            }
        }
        merged_ = std::move(merged);
    }

    // What the files say now of a name; where they differ, the first has it, unless another
    // collector describes the series. A histogram's and a summary's parts stand under their
    // family's header.
    const MetricDesc* describe(const std::string& name, const TextFamily& family,
                               std::string_view help) {
        for (const MetricDesc* own : {&kMtime, &kScrapeError}) {
            if (name == own->name) return own;
        }
        if (names_.size() >= kMostNames && !names_.contains(name)) return nullptr;
        const std::string text = valid_utf8(help);
        const std::string_view over = name == family.name ? std::string_view() : family.name;
        const MetricDesc* desc = current_desc({name, text, type_of(family.type), over, {}});
        if (desc != nullptr) names_.insert(name);
        return desc;
    }

    std::string pattern_;
    bool configured_;
    SeriesTable* table_;
    SeriesRef scrape_error_;
    ReadBuffer buffer_;
    Listing<Listed> listed_;  // by directory
    Listing<std::unique_ptr<File>> files_;
    std::vector<File*> in_order_;
    std::unordered_set<std::string> names_;  // that were ever described
    Readings merged_;
    bool changed_ = false;
    std::uint64_t redescribed_ = 0;      // of the table, before the last merge
    std::vector<std::string> unlisted_;  // why directories cannot be read
};

}  // namespace

Result<std::unique_ptr<Collector>> create_textfile(const Context& context) {
    TOCSIN_TRY(std::string pattern,
               text_setting(context.settings, "directory", kTextfileDirectory));
    const bool configured = find_setting(context.settings, "directory") != nullptr;
    return std::make_unique<Textfile>(context, std::move(pattern), configured);
}

}  // namespace tocsin::collector
