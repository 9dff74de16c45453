#include "collector/host/os.h"

#include <sys/stat.h>

#include "base/core/strings.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kInfo{
    "node_os_info",
    "A metric with a constant '1' value labeled by build_id, id, id_like, image_id, "
    "image_version, name, pretty_name, variant, variant_id, version, version_codename, "
    "version_id.",
    MetricType::kGauge};
constexpr MetricDesc kVersion{"node_os_version",
                              "Metric containing the major.minor part of the OS version.",
                              MetricType::kGauge};

struct LabelOf {
    std::string_view key;
    std::string_view label;
};
constexpr std::array<LabelOf, 12> kLabels{{{"BUILD_ID", "build_id"},
                                           {"ID", "id"},
                                           {"ID_LIKE", "id_like"},
                                           {"IMAGE_ID", "image_id"},
                                           {"IMAGE_VERSION", "image_version"},
                                           {"NAME", "name"},
                                           {"PRETTY_NAME", "pretty_name"},
                                           {"VARIANT", "variant"},
                                           {"VARIANT_ID", "variant_id"},
                                           {"VERSION", "version"},
                                           {"VERSION_CODENAME", "version_codename"},
                                           {"VERSION_ID", "version_id"}}};

std::string_view value_of(const std::vector<OsField>& fields, std::string_view key) {
    for (const OsField& field : fields) {
        if (field.key == key) return field.value;
    }
    return {};
}

// Tells a new file from the old one without reading it.
struct Stamp {
    dev_t device = 0;
    ino_t inode = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
};

class Os final : public Collector {
  public:
    explicit Os(const Context& context)
        : table_(context.series), root_(context.paths.rootfs == "/" ? "" : context.paths.rootfs) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(load());
        out.push_back({info_, 1});
        if (version_) out.push_back({version_series_, *version_});
        return success();
    }

  private:
    Result<void> load() {
        struct stat status {};
        std::string path;
        for (const char* candidate : {"/etc/os-release", "/usr/lib/os-release"}) {
            path = root_ + candidate;
            if (::stat(path.c_str(), &status) == 0) break;
            path.clear();
        }
        if (path.empty()) {
            return Error(ErrorCode::kNotFound, root_ + "/etc/os-release: no such file");
        }
        const Stamp stamp{status.st_dev, status.st_ino, status.st_mtim.tv_sec,
                          status.st_mtim.tv_nsec};
        if (info_ && stamp == stamp_) return success();
        ProcFile file(path);
        ReadBuffer buffer;
        TOCSIN_TRY(const std::string_view text, file.read(buffer));
        take(parse_os_release(text));
        stamp_ = stamp;
        return success();
    }

    void take(const std::vector<OsField>& fields) {
        LabelsBuilder info;
        for (const LabelOf& row : kLabels) {
            info.set(row.label, valid_utf8(value_of(fields, row.key)));
        }
        info_ = table_->get(&kInfo, info.build());
        version_ = os_version(value_of(fields, "VERSION_ID"));
        version_series_ =
            table_->get(&kVersion, {{"id", valid_utf8(value_of(fields, "ID"))},
                                    {"id_like", valid_utf8(value_of(fields, "ID_LIKE"))},
                                    {"name", valid_utf8(value_of(fields, "NAME"))}});
    }

    SeriesTable* table_;
    std::string root_;
    Stamp stamp_;
    SeriesRef info_;
    SeriesRef version_series_;
    std::optional<double> version_;
};

// One value: any mix of bare, "double" and 'single' quoted parts.
std::string unquote(std::string_view text) {
    std::string value;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote && quote != 0) {
            quote = 0;
        } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            value += text[++i];
        } else {
            value += c;
        }
    }
    return value;
}

}  // namespace

std::vector<OsField> parse_os_release(std::string_view text) {
    std::vector<OsField> fields;
    std::string_view line;
    while (next_line(text, line)) {
        line = trim(line);
        const std::size_t equals = line.find('=');
        if (line.empty() || line.front() == '#' || equals == std::string_view::npos) continue;
        fields.push_back({std::string(line.substr(0, equals)), unquote(line.substr(equals + 1))});
    }
    return fields;
}

std::optional<double> os_version(std::string_view version_id) {
    std::size_t end = 0;
    const auto digits = [&] {
        while (end < version_id.size() && version_id[end] >= '0' && version_id[end] <= '9') ++end;
    };
    digits();
    if (end > 0 && end < version_id.size() && version_id[end] == '.') {
        ++end;
        digits();
    }
    std::string_view number = version_id.substr(0, end);
    if (number.ends_with('.')) number.remove_suffix(1);
    return number.empty() ? std::nullopt : parse_double(number);
}

Result<std::unique_ptr<Collector>> create_os(const Context& context) {
    return std::make_unique<Os>(context);
}

}  // namespace tocsin::collector
