#include "collector/host/tapestats.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/settings.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricType kCounter = MetricType::kCounter;
constexpr double kNanoseconds = 1e-9;

struct Row {
    std::string_view file;
    MetricDesc desc;
    double factor = 1;
};
constexpr std::array<Row, 10> kRows{{
    {"in_flight",
     {"node_tape_io_now", "The number of I/Os currently outstanding to this device.",
      MetricType::kGauge}},
    {"io_ns",
     {"node_tape_io_time_seconds_total",
      "The amount of time spent waiting for all I/O to complete (including read and write). This "
      "includes tape movement commands such as seeking between file or set marks and implicit tape "
      "movement such as when rewind on close tape devices are used.",
      kCounter},
     kNanoseconds},
    {"other_cnt",
     {"node_tape_io_others_total",
      "The number of I/Os issued to the tape drive other than read or write commands. The time "
      "taken to complete these commands uses the following calculation "
      "io_time_seconds_total-read_time_seconds_total-write_time_seconds_total",
      kCounter}},
    {"read_byte_cnt",
     {"node_tape_read_bytes_total", "The number of bytes read from the tape drive.", kCounter}},
    {"read_cnt",
     {"node_tape_reads_completed_total", "The number of read requests issued to the tape drive.",
      kCounter}},
    {"read_ns",
     {"node_tape_read_time_seconds_total",
      "The amount of time spent waiting for read requests to complete.", kCounter},
     kNanoseconds},
    {"resid_cnt",
     {"node_tape_residual_total",
      "The number of times during a read or write we found the residual amount to be non-zero. "
      "This should mean that a program is issuing a read larger thean the block size on tape. For "
      "write not all data made it to tape.",
      kCounter}},
    {"write_byte_cnt",
     {"node_tape_written_bytes_total", "The number of bytes written to the tape drive.", kCounter}},
    {"write_cnt",
     {"node_tape_writes_completed_total", "The number of write requests issued to the tape drive.",
      kCounter}},
    {"write_ns",
     {"node_tape_write_time_seconds_total",
      "The amount of time spent waiting for write requests to complete.", kCounter},
     kNanoseconds},
}};

class Tapestats final : public Collector {
  public:
    Tapestats(const Context& context, Pattern ignored)
        : class_(context.paths.sysfs + "/class/scsi_tape/"),
          ignored_(std::move(ignored)),
          table_(context.series) {}

    // Each drive also stands there under its other modes (nst0, st0l, st0m, st0a), which count the
    // same.
    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        drives_.begin();
        for (const std::string& name : names_in(class_)) {
            if (number_after(name, "st").empty() || ignored_.found_in(name)) continue;
            std::vector<NumberFile>& drive = drives_.at(name, [&] { return make_drive(name); });
            for (NumberFile& file : drive) {
                keep_first(result, report_number(file, Unreadable::kFail, buffer_, out));
            }
        }
        drives_.finish();
        return result;
    }

  private:
    std::vector<NumberFile> make_drive(const std::string& name) {
        std::vector<NumberFile> drive;
        drive.reserve(kRows.size());
        const Labels labels{{"device", name}};
        for (const Row& row : kRows) {
            drive.push_back({ProcFile(class_ + name + "/stats/" + std::string(row.file)),
                             table_->get(&row.desc, labels), row.factor});
        }
        return drive;
    }

    std::string class_;
    Pattern ignored_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<std::vector<NumberFile>> drives_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_tapestats(const Context& context) {
    TOCSIN_TRY(Pattern ignored, pattern_setting(context.settings, "ignored_devices", kTapeIgnored));
    return std::make_unique<Tapestats>(context, std::move(ignored));
}

}  // namespace tocsin::collector
