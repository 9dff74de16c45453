#include "collector/host/filefd.h"

#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kAllocated{"node_filefd_allocated", "File descriptor statistics: allocated.",
                                MetricType::kGauge};
constexpr MetricDesc kMaximum{"node_filefd_maximum", "File descriptor statistics: maximum.",
                              MetricType::kGauge};

class FileFd final : public Collector {
  public:
    explicit FileFd(const Context& context)
        : file_(context.paths.procfs + "/sys/fs/file-nr"),
          allocated_(context.series->get(&kAllocated, {})),
          maximum_(context.series->get(&kMaximum, {})) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        TOCSIN_TRY(const FileHandles handles, parse_file_nr(text));
        out.push_back({allocated_, static_cast<double>(handles.allocated)});
        out.push_back({maximum_, static_cast<double>(handles.maximum)});
        return success();
    }

  private:
    ProcFile file_;
    ReadBuffer buffer_;
    SeriesRef allocated_;
    SeriesRef maximum_;
};

}  // namespace

Result<FileHandles> parse_file_nr(std::string_view text) {
    FileHandles handles;
    std::uint64_t unused = 0;
    std::string_view line;
    next_line(text, line);
    if (!next_uint(line, handles.allocated) || !next_uint(line, unused) ||
        !next_uint(line, handles.maximum)) {
        return Error(ErrorCode::kInvalid, "file-nr: three numbers expected");
    }
    return handles;
}

Result<std::unique_ptr<Collector>> create_filefd(const Context& context) {
    return std::make_unique<FileFd>(context);
}

}  // namespace tocsin::collector
